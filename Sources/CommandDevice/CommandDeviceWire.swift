// The bytes of a request and a reply, in a `MessageEnvelope`. A command device is a file of fixed size, so a
// message is at most `CommandDeviceWire.largestMessage` bytes; a snapshot of 4,096 volumes fits.

package import ReplicationCore

package enum CommandDeviceWire {
    /// Bytes that a command device file has, and so the longest message.
    package static let largestMessage = 1 << 20
    private static let envelope = MessageEnvelope(magic: 0x4443_4241, version: 1)  // "ABCD" in memory

    enum Kind: UInt16 {
        case request = 1
        case reply = 2
    }

    static func seal(_ kind: Kind, _ body: [UInt8]) -> [UInt8] { envelope.seal(kind.rawValue, body) }

    static func open(_ kind: Kind, _ bytes: [UInt8]) throws(WireError) -> WireReader {
        try envelope.open(kind.rawValue, bytes, isPadded: true)
    }
}

extension ArrayRequest {
    package func encoded() -> [UInt8] {
        var w = WireWriter()
        switch self {
        case .identify: w.write(UInt8(1))
        case .volumes(let selection):
            w.write(UInt8(2))
            selection.write(to: &w)
        case .create(let order):
            w.write(UInt8(3))
            order.write(to: &w)
        case .split(let ldevs, let kind):
            w.write(UInt8(4))
            w.write(ldevs)
            w.write(kind.rawValue)
        case .resynchronise(let ldevs, let pace, let fence):
            w.write(UInt8(5))
            w.write(ldevs)
            w.write(optional: pace) { $0.write($1) }
            w.write(optional: fence) { $0.write($1.rawValue) }
        case .swap(let ldevs, let pace):
            w.write(UInt8(6))
            w.write(ldevs)
            w.write(optional: pace) { $0.write($1) }
        case .takeOver(let ldevs, let timeout):
            w.write(UInt8(7))
            w.write(ldevs)
            w.write(optional: timeout) { $0.write($1) }
        case .rollBackTakeover(let ldevs):
            w.write(UInt8(8))
            w.write(ldevs)
        case .lowerFence(let ldevs):
            w.write(UInt8(9))
            w.write(ldevs)
        case .delete(let ldevs, let localOnly):
            w.write(UInt8(10))
            w.write(ldevs)
            w.write(localOnly)
        }
        return CommandDeviceWire.seal(.request, w.bytes)
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = try CommandDeviceWire.open(.request, bytes)
        switch try r.read(UInt8.self) {
        case 1: self = .identify
        case 2: self = .volumes(try VolumeSelection(from: &r))
        case 3: self = .create(try CreationOrder(from: &r))
        case 4: self = .split(try r.readLDEVs(), try SplitKind.read(from: &r, field: "split kind"))
        case 5:
            self = .resynchronise(
                try r.readLDEVs(),
                copyPace: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
                fence: try r.readOptional { (r) throws(WireError) in try FencePolicy.read(from: &r, field: "fence") })
        case 6:
            self = .swap(
                try r.readLDEVs(), copyPace: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
        case 7:
            self = .takeOver(
                try r.readLDEVs(),
                timeoutSeconds: try r.readOptional { (r) throws(WireError) in try r.read(UInt32.self) })
        case 8: self = .rollBackTakeover(try r.readLDEVs())
        case 9: self = .lowerFence(try r.readLDEVs())
        case 10: self = .delete(try r.readLDEVs(), localOnly: try r.readFlag())
        case _: throw .unknownValue(field: "request")
        }
        try r.finish()
    }
}

extension ArrayReply {
    package func encoded() -> [UInt8] {
        var w = WireWriter()
        switch self {
        case .identity(let identity):
            w.write(UInt8(1))
            w.write(identity.serial.value)
            w.write(identity.name)
            w.write(identity.microcode)
            w.write(identity.cacheMebibytes)
            w.write(identity.commandDevice.value)
        case .volumes(let volumes):
            w.write(UInt8(2))
            w.write(each: volumes) { $1.write(to: &$0) }
        case .done: w.write(UInt8(3))
        case .refused(let refusal, let ldev):
            w.write(UInt8(4))
            w.write(refusal.rawValue)
            w.write(optional: ldev) { $0.write($1.value) }
        }
        return CommandDeviceWire.seal(.reply, w.bytes)
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = try CommandDeviceWire.open(.reply, bytes)
        switch try r.read(UInt8.self) {
        case 1:
            self = .identity(
                ArrayIdentity(
                    serial: ArraySerial(try r.read()), name: try r.readText(), microcode: try r.readText(),
                    cacheMebibytes: try r.read(), commandDevice: LDEVNumber(try r.read())))
        case 2: self = .volumes(try r.readEach { (r) throws(WireError) in try VolumeSnapshot(from: &r) })
        case 3: self = .done
        case 4:
            self = .refused(
                try Refusal.read(from: &r, field: "refusal"),
                try r.readOptional { (r) throws(WireError) in LDEVNumber(try r.read()) })
        case _: throw .unknownValue(field: "reply")
        }
        try r.finish()
    }
}

extension WireWriter {
    package mutating func write(_ ldevs: [LDEVNumber]) { write(each: ldevs) { $0.write($1.value) } }
}

extension WireReader {
    package mutating func readLDEVs() throws(WireError) -> [LDEVNumber] {
        try readEach { (r) throws(WireError) in LDEVNumber(try r.read()) }
    }
}

extension VolumeSelection {
    func write(to w: inout WireWriter) {
        switch self {
        case .all: w.write(UInt8(1))
        case .ldevs(let ldevs):
            w.write(UInt8(2))
            w.write(ldevs)
        case .paths(let paths):
            w.write(UInt8(3))
            w.write(each: paths) { $1.write(to: &$0) }
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .all
        case 2: self = .ldevs(try r.readLDEVs())
        case 3: self = .paths(try r.readEach { (r) throws(WireError) in try VolumePath(from: &r) })
        case _: throw .unknownValue(field: "volume selection")
        }
    }
}

extension VolumePath {
    func write(to w: inout WireWriter) {
        w.write(port)
        w.write(target)
        w.write(lun)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(port: try r.readText(), target: try r.read(), lun: try r.read())
    }
}

extension CreationOrder {
    func write(to w: inout WireWriter) {
        w.write(each: pairings) {
            $0.write($1.local.value)
            $0.write($1.remote.value)
        }
        w.write(remoteSerial.value)
        w.write(mode.code)
        switch grouping {
        case .separate: w.write(UInt8(0))
        case .consistencyGroup(let number):
            w.write(UInt8(1))
            w.write(optional: number) { $0.write($1) }
        }
        w.write(copyPace)
        w.write(copiesData)
        w.write(optional: sideFileTimeoutSeconds) { $0.write($1) }
    }
    init(from r: inout WireReader) throws(WireError) {
        let pairings = try r.readEach { (r) throws(WireError) in
            VolumePairing(local: LDEVNumber(try r.read()), remote: LDEVNumber(try r.read()))
        }
        let serial = ArraySerial(try r.read())
        let mode = try ReplicationMode(code: try r.read(UInt8.self))
        let grouping: GroupingOrder =
            try r.readFlag()
            ? .consistencyGroup(try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
            : .separate
        self.init(
            pairings: pairings, remoteSerial: serial, mode: mode, grouping: grouping, copyPace: try r.read(),
            copiesData: try r.readFlag(),
            sideFileTimeoutSeconds: try r.readOptional { (r) throws(WireError) in try r.read(UInt16.self) })
    }
}

extension VolumeSnapshot {
    func write(to w: inout WireWriter) {
        w.write(ldev.value)
        w.write(byteCount)
        path.write(to: &w)
        w.write(device)
        w.write(optional: blockDevice) { $0.write($1) }
        w.write(optional: pair) { $1.write(to: &$0) }
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            ldev: LDEVNumber(try r.read()), byteCount: try r.read(), path: try VolumePath(from: &r),
            device: try r.readText(),
            blockDevice: try r.readOptional { (r) throws(WireError) in try r.readText() },
            pair: try r.readOptional { (r) throws(WireError) in try PairSnapshot(from: &r) })
    }
}

extension PairSnapshot {
    func write(to w: inout WireWriter) {
        w.write(group.value)
        w.write(optional: consistencyGroup) { $0.write($1) }
        w.write(role.rawValue)
        w.write(mode.code)
        w.write(status.code)
        w.write(remoteSerial.value)
        w.write(remoteLDEV.value)
        w.write(cleanPercent)
        w.write(markedTracks)
        w.write(trackCount)
        w.write(sideFilePercent)
        w.write(highWaterPercent)
        w.write(isAboveHighWater)
        w.write(isSecondaryHostWritable)
        w.write(isWrittenSinceSplit)
        w.write(access.rawValue)
        w.write(isFenced)
        w.write(isUsable)
        w.write(isLinkUp)
        w.write(copyPace)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            group: GroupIdentifier(try r.read()),
            consistencyGroup: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
            role: try Role.read(from: &r, field: "role"),
            mode: try ReplicationMode(code: try r.read()), status: try PairStatus(code: try r.read()),
            remoteSerial: ArraySerial(try r.read()), remoteLDEV: LDEVNumber(try r.read()),
            cleanPercent: try r.read(), markedTracks: try r.read(), trackCount: try r.read(),
            sideFilePercent: try r.read(), highWaterPercent: try r.read(), isAboveHighWater: try r.readFlag(),
            isSecondaryHostWritable: try r.readFlag(), isWrittenSinceSplit: try r.readFlag(),
            access: try HostAccess.read(from: &r, field: "access"), isFenced: try r.readFlag(),
            isUsable: try r.readFlag(), isLinkUp: try r.readFlag(), copyPace: try r.read())
    }
}
