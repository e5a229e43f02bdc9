// The first pages of a record: what the load was about. It is written and made durable before the first operation.
//
//   byte 0 magic "ABLOADRC" (8) · 8 version (2) · 10 subject (2) · 12 header bytes (4) · 16 stamp version (2)
//        18 discards (1) · 19 zero (1) · 20 volumes (4) · 24 run (8) · 32 seed (8) · 40 monotonic clock, ns (8)
//        48 wall clock at that instant, ns since 1970 (8) · 56 for each volume: size (8), region's offset (8) and
//        length (8), contents before (1), path (2 + UTF-8) · zeros · last four bytes: CRC-32C of all before them
//   The header is a multiple of 4096 bytes. All fields are little-endian.

internal import Platform
package import ReplicationCore

/// What a volume's region held before the run, as far as the load looked.
package enum ContentsBefore: UInt8, Hashable, Sendable {
    /// It was not looked at, or is too large to be.
    case unknown = 0
    case zero = 1
    /// Zeros and stamps of earlier runs.
    case stamped = 2
    /// Something else: a file system, a database.
    case other = 3
}

package struct RecordHeader: Hashable, Sendable {
    package enum Subject: UInt16, Hashable, Sendable {
        case stampedLoad = 1
        case fileExerciser = 2
    }

    package struct Volume: Hashable, Sendable {
        package var path: String
        package var size: UInt64
        package var regionOffset: UInt64
        package var regionLength: UInt64
        package var before: ContentsBefore

        package init(
            path: String, size: UInt64, regionOffset: UInt64 = 0, regionLength: UInt64? = nil,
            before: ContentsBefore = .zero
        ) {
            self.path = path
            self.size = size
            self.regionOffset = regionOffset
            self.regionLength = regionLength ?? size - regionOffset
            self.before = before
        }
    }

    package static let version: UInt16 = 1
    static let magic: UInt64 = 0x4352_4441_4F4C_4241
    static let pageBytes = 4096

    package var subject: Subject
    package var run: UInt64
    package var seed: UInt64
    package var volumes: [Volume]
    /// Whether the load discards: only then can a zero sector stand for more than "never written".
    package var discards: Bool
    package var monotonicNanoseconds: UInt64
    package var wallNanoseconds: UInt64

    package init(
        subject: Subject, run: UInt64, seed: UInt64 = 0, volumes: [Volume], discards: Bool = false,
        monotonicNanoseconds: UInt64 = 0, wallNanoseconds: UInt64 = 0
    ) {
        self.subject = subject
        self.run = run
        self.seed = seed
        self.volumes = volumes
        self.discards = discards
        self.monotonicNanoseconds = monotonicNanoseconds
        self.wallNanoseconds = wallNanoseconds
    }

    /// The header's bytes, whole pages.
    package var encoded: [UInt8] {
        var tail = WireWriter()
        for volume in volumes {
            tail.write(volume.size)
            tail.write(volume.regionOffset)
            tail.write(volume.regionLength)
            tail.write(volume.before.rawValue)
            tail.write(volume.path)
        }
        let total = (56 + tail.bytes.count + 4 + Self.pageBytes - 1) / Self.pageBytes * Self.pageBytes
        var writer = WireWriter(reserving: total)
        writer.write(Self.magic)
        writer.write(Self.version)
        writer.write(subject.rawValue)
        writer.write(UInt32(total))
        writer.write(Stamp.version)
        writer.write(discards)
        writer.write(UInt8(0))
        writer.write(UInt32(volumes.count))
        writer.write(run)
        writer.write(seed)
        writer.write(monotonicNanoseconds)
        writer.write(wallNanoseconds)
        writer.write(raw: tail.bytes)
        writer.write(raw: repeatElement(0, count: total - 4 - writer.bytes.count))
        writer.write(Checksum.crc32c(writer.bytes))
        return writer.bytes
    }

    /// How many bytes a header has, from its first 16; nil if this is no record.
    static func byteCount(_ beginning: [UInt8]) -> Int? {
        var reader = WireReader(beginning)
        guard let magic = try? reader.read(UInt64.self), magic == Self.magic,
            (try? reader.read(UInt32.self)) != nil, let count = try? reader.read(UInt32.self),
            count > 0, Int(count) % pageBytes == 0, count <= 1 << 24
        else { return nil }
        return Int(count)
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = WireReader(bytes)
        guard try reader.read(UInt64.self) == Self.magic else { throw .badMagic }
        let version = try reader.read(UInt16.self)
        guard bytes.count >= 60, Checksum.crc32c(bytes.dropLast(4)) == Self.lastWord(bytes) else { throw .badChecksum }
        guard version == Self.version else { throw .unsupportedVersion(version) }
        guard let subject = Subject(rawValue: try reader.read()) else { throw .unknownValue(field: "subject") }
        _ = try reader.read(UInt32.self)
        let stamp = try reader.read(UInt16.self)
        guard stamp == Stamp.version else { throw .unsupportedVersion(stamp) }
        self.subject = subject
        discards = try reader.readFlag()
        _ = try reader.read(UInt8.self)
        let count = try reader.read(UInt32.self)
        run = try reader.read()
        seed = try reader.read()
        monotonicNanoseconds = try reader.read()
        wallNanoseconds = try reader.read()
        volumes = []
        for _ in 0..<count { volumes.append(try Volume(from: &reader)) }
    }

    private static func lastWord(_ bytes: [UInt8]) -> UInt32 {
        bytes.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension RecordHeader.Volume {
    fileprivate init(from reader: inout WireReader) throws(WireError) {
        size = try reader.read()
        regionOffset = try reader.read()
        regionLength = try reader.read()
        before = try ContentsBefore.read(from: &reader, field: "contents before")
        path = try reader.readText()
    }
}
