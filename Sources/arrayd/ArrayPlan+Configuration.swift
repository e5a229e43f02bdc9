// The bench's words for an array, turned into the controller's.

internal import ArrayController
internal import Bench
internal import CommandDevice
internal import LinkTransport
internal import Platform
internal import ReplicationCore

internal import struct Bench.LinkConfiguration

#if canImport(Glibc)
    internal import Glibc
#endif

extension ArrayConfiguration {
    /// - Throws: `BenchFailure` or `LinkAddressError`, each a sentence with a remedy.
    func arrayPlan() throws -> ArrayPlan {
        let key = try readKey()
        guard TrackLayout.isValid(trackBytes: trackBytes) else {
            throw BenchFailure(
                "a track of \(trackBytes) bytes is impossible",
                remedy: "use a power of two from \(TrackLayout.smallestTrack) to \(TrackLayout.largestTrack)")
        }
        return ArrayPlan(
            identity: ArrayIdentity(serial: ArraySerial(serial), name: name, microcode: microcode),
            mountPoint: mountPoint, commandMountPoint: commandMountPoint,
            devices: try ldevs.map { device in
                return ArrayPlan.Device(
                    ldev: try ldevNumber(device.id), byteCount: device.sizeBytes,
                    path: VolumePath(port: device.port, target: device.target, lun: device.lun))
            },
            journals: try journals.map { try $0.plan },
            links: try links.map { try $0.port(serial: ArraySerial(serial), key: key, timers: arrayTimers, clockRate) },
            timers: arrayTimers, sideFile: sideFileLimits, trackBytes: trackBytes, fuseThreads: fuseThreads,
            clockRate: clockRate, ledgerBytes: ledgerBytes == 0 ? nil : Int(ledgerBytes),
            administration: try administration?.plan() ?? AdministrationPlan(),
            afterTakeover: afterTakeover.map { command in
                let runner = TakeoverRunner(command)
                return { runner.volumesTookOver($0) }
            })
    }

    private func readKey() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let file = unsafe open(keyFile, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemFailure("read the key", keyFile, errno) }
        defer { close(file) }
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        guard count >= LinkTransport.LinkConfiguration.smallestKey else {
            throw BenchFailure(
                "the key \(keyFile) has \(max(count, 0)) bytes",
                remedy: "a key has at least \(LinkTransport.LinkConfiguration.smallestKey); 'arraybench up' makes one")
        }
        return Array(bytes.prefix(count))
    }
}

extension JournalConfiguration {
    fileprivate var plan: ArrayPlan.Journal {
        get throws {
            ArrayPlan.Journal(
                number: id,
                ldevs: try ldevs.map { text in
                    guard let ldev = LDEVNumber(parsing: text) else {
                        throw BenchFailure("'\(text)' is no LDEV number", remedy: "write it as CU:LDEV, such as 00:F0")
                    }
                    return ldev
                },
                byteCount: sizeBytes, highWaterPercent: Int(highWaterPercent))
        }
    }
}

extension LinkConfiguration {
    fileprivate func port(
        serial: ArraySerial, key: [UInt8], timers: ArrayTimers, _ clockRate: UInt32
    ) throws -> ArrayPlan.Port {
        let parsed = try LinkAddress(parsing: address, allowsRemote: allowsRemote)
        var configuration = LinkTransport.LinkConfiguration(
            name: name, end: end == .listens ? .listens(parsed) : .connects(parsed), localSerial: serial,
            remoteSerial: ArraySerial(remoteSerial), key: key, timers: timers)
        configuration.handshakeLimit = max(configuration.handshakeLimit.shortened(by: clockRate), .milliseconds(500))
        return ArrayPlan.Port(
            configuration: configuration, remoteName: remoteName,
            impairment: impairment.map { Impairment($0) } ?? .none)
    }
}

extension Impairment {
    init(_ treatment: LinkImpairment) {
        self.init(
            latency: Span(nanoseconds: treatment.latencyMicroseconds * 1000),
            jitter: Span(nanoseconds: treatment.jitterMicroseconds * 1000),
            bytesPerSecond: treatment.bytesPerSecond == 0 ? nil : treatment.bytesPerSecond,
            isCut: treatment.passage == .cut, isBlackHole: treatment.passage == .hole)
    }
}

extension LinkImpairment {
    init(_ impairment: Impairment) {
        self.init()
        passage = impairment.isCut ? .cut : impairment.isBlackHole ? .hole : .open
        latencyMicroseconds = impairment.latency.nanoseconds / 1000
        jitterMicroseconds = impairment.jitter.nanoseconds / 1000
        bytesPerSecond = impairment.bytesPerSecond ?? 0
    }
}
