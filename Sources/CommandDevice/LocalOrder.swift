// Copies within one array: what can be ordered, and what the array says of such a pair.
//
// - Source: RAID Manager reference, sections 2.2 to 2.4 and 5.1.

package import ReplicationCore

/// A pair of two volumes of one array.
package struct LocalName: Hashable, Sendable {
    package var primary: LDEVNumber
    package var secondary: LDEVNumber
    /// 0 to 2.
    package var mirror: UInt8
    package init(primary: LDEVNumber, secondary: LDEVNumber, mirror: UInt8) {
        self.primary = primary
        self.secondary = secondary
        self.mirror = mirror
    }
}

package struct LocalCreationOrder: Hashable, Sendable {
    package var names: [LocalName]
    /// 1 to 15, in tracks per turn.
    package var copyPace: UInt8
    /// False: the copies are said to be equal already, and nothing is copied.
    package var copiesData: Bool
    /// Whether a split of the pairs takes them all at one instant.
    package var isAtTime: Bool
    /// The pairs are split as soon as they are made.
    package var splits: Bool

    package init(
        names: [LocalName], copyPace: UInt8 = 3, copiesData: Bool = true, isAtTime: Bool = false, splits: Bool = false
    ) {
        self.names = names
        self.copyPace = copyPace
        self.copiesData = copiesData
        self.isAtTime = isAtTime
        self.splits = splits
    }
}

/// The state of a local pair.
package typealias LocalPairStatus = LocalStatus

/// A local pair as its array knows it, from the side of one of its volumes.
package struct LocalPairSnapshot: Hashable, Sendable {
    package var name: LocalName
    /// Which of the two the volume is.
    package var role: Role
    package var status: LocalPairStatus
    /// Percent of the tracks that are alike: the progress of a copy, or the likeness of a split pair.
    package var cleanPercent: UInt8
    /// 1 to 15.
    package var copyPace: UInt8
    /// The number shared by pairs that are split at one instant; nil for a pair that stands alone.
    package var group: UInt8?
    /// Whether the secondary's hosts have written since the split.
    package var isWrittenSinceSplit: Bool

    package init(
        name: LocalName, role: Role, status: LocalPairStatus, cleanPercent: UInt8 = 100, copyPace: UInt8 = 3,
        group: UInt8? = nil, isWrittenSinceSplit: Bool = false
    ) {
        self.name = name
        self.role = role
        self.status = status
        self.cleanPercent = cleanPercent
        self.copyPace = copyPace
        self.group = group
        self.isWrittenSinceSplit = isWrittenSinceSplit
    }

    /// The other volume of the pair.
    package var partner: LDEVNumber { role == .primary ? name.secondary : name.primary }
}

/// Every order is answered with `done` or a refusal.
package enum LocalOrder: Hashable, Sendable {
    case create(LocalCreationOrder)
    case split([LocalName])
    /// Copies the union of both sides' changes from the primary; nil keeps the pace.
    case resynchronise([LocalName], copyPace: UInt8?)
    /// The same from the secondary.
    case restore([LocalName], copyPace: UInt8?)
    /// Suspends as if by a fault.
    case fail([LocalName])
    case delete([LocalName])
}

extension LocalName {
    func write(to w: inout WireWriter) {
        w.write(primary.value)
        w.write(secondary.value)
        w.write(mirror)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            primary: LDEVNumber(try r.read()), secondary: LDEVNumber(try r.read()), mirror: try r.read())
    }
}

extension LocalCreationOrder {
    func write(to w: inout WireWriter) {
        w.write(each: names) { $1.write(to: &$0) }
        w.write(copyPace)
        w.write(copiesData)
        w.write(isAtTime)
        w.write(splits)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            names: try LocalName.readAll(from: &r), copyPace: try r.read(), copiesData: try r.readFlag(),
            isAtTime: try r.readFlag(), splits: try r.readFlag())
    }
}

extension LocalName {
    static func readAll(from r: inout WireReader) throws(WireError) -> [LocalName] {
        try r.readEach { (r) throws(WireError) in try LocalName(from: &r) }
    }
}

extension LocalPairSnapshot {
    func write(to w: inout WireWriter) {
        name.write(to: &w)
        w.write(role.rawValue)
        w.write(status.rawValue)
        w.write(cleanPercent)
        w.write(copyPace)
        w.write(optional: group) { $0.write($1) }
        w.write(isWrittenSinceSplit)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            name: try LocalName(from: &r), role: try Role.read(from: &r, field: "role"),
            status: try LocalPairStatus.read(from: &r, field: "local status"), cleanPercent: try r.read(),
            copyPace: try r.read(), group: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
            isWrittenSinceSplit: try r.readFlag())
    }
}

extension LocalOrder {
    func write(to w: inout WireWriter) {
        switch self {
        case .create(let order):
            w.write(UInt8(1))
            order.write(to: &w)
        case .split(let names):
            w.write(UInt8(2))
            w.write(each: names) { $1.write(to: &$0) }
        case .resynchronise(let names, let pace):
            w.write(UInt8(3))
            w.write(each: names) { $1.write(to: &$0) }
            w.write(optional: pace) { $0.write($1) }
        case .restore(let names, let pace):
            w.write(UInt8(4))
            w.write(each: names) { $1.write(to: &$0) }
            w.write(optional: pace) { $0.write($1) }
        case .fail(let names):
            w.write(UInt8(5))
            w.write(each: names) { $1.write(to: &$0) }
        case .delete(let names):
            w.write(UInt8(6))
            w.write(each: names) { $1.write(to: &$0) }
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .create(try LocalCreationOrder(from: &r))
        case 2: self = .split(try LocalName.readAll(from: &r))
        case 3:
            self = .resynchronise(
                try LocalName.readAll(from: &r),
                copyPace: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
        case 4:
            self = .restore(
                try LocalName.readAll(from: &r),
                copyPace: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
        case 5: self = .fail(try LocalName.readAll(from: &r))
        case 6: self = .delete(try LocalName.readAll(from: &r))
        case _: throw .unknownValue(field: "local order")
        }
    }

    /// The volumes of the array that the order would change.
    package var volumesNamed: [LDEVNumber] {
        switch self {
        case .create(let order): order.names.flatMap { [$0.primary, $0.secondary] }
        case .split(let names), .resynchronise(let names, _), .restore(let names, _), .fail(let names),
            .delete(let names):
            names.flatMap { [$0.primary, $0.secondary] }
        }
    }
}
