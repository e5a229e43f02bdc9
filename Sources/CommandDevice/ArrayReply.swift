// What an array answers through its command device.

package import ReplicationCore

package enum ArrayReply: Hashable, Sendable {
    case identity(ArrayIdentity)
    /// Volumes that were found; a selection by number or path leaves out those that do not exist. `next`: from where to
    /// go on asking; nil at the end.
    case volumes([VolumeSnapshot], next: UInt32? = nil)
    case done
    /// Stopped at `ldev`; what the request named before it is done.
    case refused(Refusal, LDEVNumber?)
    case inventory(InventoryAnswer)
    case journal(JournalAnswer)
    case guards([GuardSnapshot])
    case administration(AdministrationAnswer)

    /// So many fit into one message even with the longest names and with local pairs at every mirror.
    package static let volumesPerPage = 1024
}

extension ArrayReply {
    package func encoded() -> [UInt8] {
        var w = WireWriter()
        switch self {
        case .identity(let identity):
            w.write(UInt8(1))
            identity.write(to: &w)
        case .volumes(let volumes, let next):
            w.write(UInt8(2))
            w.write(each: volumes) { $1.write(to: &$0) }
            w.write(optional: next) { $0.write($1) }
        case .done: w.write(UInt8(3))
        case .refused(let refusal, let ldev):
            w.write(UInt8(4))
            w.write(refusal.rawValue)
            w.write(optional: ldev) { $0.write($1.value) }
        case .inventory(let answer):
            w.write(UInt8(5))
            answer.write(to: &w)
        case .journal(let answer):
            w.write(UInt8(6))
            answer.write(to: &w)
        case .guards(let guards):
            w.write(UInt8(7))
            w.write(each: guards) { $1.write(to: &$0) }
        case .administration(let answer):
            w.write(UInt8(8))
            answer.write(to: &w)
        }
        return CommandDeviceWire.seal(.reply, w.bytes)
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = try CommandDeviceWire.open(.reply, bytes)
        switch try r.read(UInt8.self) {
        case 1: self = .identity(try ArrayIdentity(from: &r))
        case 2:
            self = .volumes(
                try r.readEach { (r) throws(WireError) in try VolumeSnapshot(from: &r) },
                next: try r.readOptional { (r) throws(WireError) in try r.read(UInt32.self) })
        case 3: self = .done
        case 4:
            self = .refused(
                try Refusal.read(from: &r, field: "refusal"),
                try r.readOptional { (r) throws(WireError) in LDEVNumber(try r.read()) })
        case 5: self = .inventory(try InventoryAnswer(from: &r))
        case 6: self = .journal(try JournalAnswer(from: &r))
        case 7: self = .guards(try r.readEach { (r) throws(WireError) in try GuardSnapshot(from: &r) })
        case 8: self = .administration(try AdministrationAnswer(from: &r))
        case _: throw .unknownValue(field: "reply")
        }
        try r.finish()
    }
}
