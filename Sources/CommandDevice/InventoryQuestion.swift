// What an array consists of, beside its volumes: questions that change nothing.

package import ReplicationCore

package enum InventoryQuestion: Hashable, Sendable {
    /// The ports over which hosts reach volumes.
    case ports
    /// The arrays at the other ends of the links.
    case remoteArrays
    /// The groups that have a number.
    case consistencyGroups
    case journals
    /// What hosts read and wrote; nil for all volumes.
    case activity([LDEVNumber]?)
}

package enum InventoryAnswer: Hashable, Sendable {
    case ports([PortSnapshot])
    case remoteArrays([RemoteArraySnapshot])
    case consistencyGroups([GroupSnapshot])
    case journals([JournalSnapshot])
    case activity([VolumeActivity])
}

extension InventoryQuestion {
    func write(to w: inout WireWriter) {
        switch self {
        case .ports: w.write(UInt8(1))
        case .remoteArrays: w.write(UInt8(2))
        case .consistencyGroups: w.write(UInt8(3))
        case .journals: w.write(UInt8(4))
        case .activity(let ldevs):
            w.write(UInt8(5))
            w.write(optional: ldevs) { $0.write($1) }
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .ports
        case 2: self = .remoteArrays
        case 3: self = .consistencyGroups
        case 4: self = .journals
        case 5: self = .activity(try r.readOptional { (r) throws(WireError) in try r.readLDEVs() })
        case _: throw .unknownValue(field: "inventory question")
        }
    }
}

extension InventoryAnswer {
    func write(to w: inout WireWriter) {
        switch self {
        case .ports(let ports):
            w.write(UInt8(1))
            w.write(each: ports) { $1.write(to: &$0) }
        case .remoteArrays(let arrays):
            w.write(UInt8(2))
            w.write(each: arrays) { $1.write(to: &$0) }
        case .consistencyGroups(let groups):
            w.write(UInt8(3))
            w.write(each: groups) { $1.write(to: &$0) }
        case .journals(let journals):
            w.write(UInt8(4))
            w.write(each: journals) { $1.write(to: &$0) }
        case .activity(let volumes):
            w.write(UInt8(5))
            w.write(each: volumes) { $1.write(to: &$0) }
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .ports(try r.readEach { (r) throws(WireError) in try PortSnapshot(from: &r) })
        case 2: self = .remoteArrays(try r.readEach { (r) throws(WireError) in try RemoteArraySnapshot(from: &r) })
        case 3: self = .consistencyGroups(try r.readEach { (r) throws(WireError) in try GroupSnapshot(from: &r) })
        case 4: self = .journals(try r.readEach { (r) throws(WireError) in try JournalSnapshot(from: &r) })
        case 5: self = .activity(try r.readEach { (r) throws(WireError) in try VolumeActivity(from: &r) })
        case _: throw .unknownValue(field: "inventory answer")
        }
    }
}
