// What the machine gives without any array: bytes moved in memory, to a file, from a file, to another process.

package import Bench
internal import Foundation

package struct FloorsSection: MeasurementSection {
    package static let name = "floors"
    package static let title = "Floors"

    private static let throughput = "MiB/s"
    private static let pieceBytes = 1 << 20

    package init() {}

    package mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport {
        let (plan, folder) = (surroundings.plan, surroundings.folder)
        let bytes = plan.volumeBytes
        surroundings.progress("writing files")
        let (from, to) = (folder + "/from", folder + "/to")
        for path in [from, to] { try RawFile.make(path, bytes: bytes) }
        let memory = Region(bytes: bytes)
        var table = ReportTable("In pieces of 1 MiB", columns: [Self.throughput], chart: Self.throughput)
        for round in 1...plan.rounds {
            surroundings.progress("round \(round) of \(plan.rounds)", Double(round - 1) / Double(plan.rounds))
            func add(_ name: String, _ seconds: Double) {
                table.add(Double(bytes) / seconds / 1_048_576, Self.throughput, to: name)
            }
            add("memory copy", memory.copySeconds)
            add("plain file, read", try Self.seconds(of: from, bytes, writing: false))
            add("plain file, write", try Self.seconds(of: to, bytes, writing: true))
            add(
                "two processes: read, send, receive, write",
                try await CopyFloor.run(from: from, to: to, bytes: bytes, in: folder))
        }
        var report = SectionReport(Self.self)
        report.tables = [table]
        return report
    }

    package mutating func cleanUp() async {}

    /// Reads or writes the whole file over, through the page cache.
    private static func seconds(of path: String, _ bytes: Int, writing: Bool) throws(BenchFailure) -> Double {
        let file = try RawFile(path, writing: writing)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 4096)
        defer { unsafe piece.deallocate() }
        unsafe piece.initializeMemory(as: UInt8.self, repeating: 0x5A)
        let began = ContinuousClock.now
        for offset in stride(from: 0, to: bytes, by: pieceBytes) {
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: piece[..<min(pieceBytes, bytes - offset)])
            if writing {
                try unsafe file.write(UnsafeRawBufferPointer(part), at: offset)
            } else {
                try unsafe file.read(into: part, at: offset)
            }
        }
        return (ContinuousClock.now - began).seconds
    }

    /// Two stretches of memory that were touched.
    @safe private final class Region {
        private let from: UnsafeMutableRawBufferPointer
        private let to: UnsafeMutableRawBufferPointer

        init(bytes: Int) {
            unsafe from = .allocate(byteCount: bytes, alignment: 4096)
            unsafe to = .allocate(byteCount: bytes, alignment: 4096)
            unsafe from.initializeMemory(as: UInt8.self, repeating: 1)
            unsafe to.initializeMemory(as: UInt8.self, repeating: 2)
        }

        deinit {
            unsafe from.deallocate()
            unsafe to.deallocate()
        }

        var copySeconds: Double {
            let began = ContinuousClock.now
            for offset in unsafe stride(from: 0, to: from.count, by: FloorsSection.pieceBytes) {
                let end = unsafe min(offset + FloorsSection.pieceBytes, from.count)
                unsafe UnsafeMutableRawBufferPointer(rebasing: to[offset..<end]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: from[offset..<end]))
            }
            return (ContinuousClock.now - began).seconds
        }
    }
}
