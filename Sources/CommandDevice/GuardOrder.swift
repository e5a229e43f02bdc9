// Guards: what a volume refuses its hosts and its operators, whatever its pairs allow.
//
// - Source: RAID Manager reference, section 2.15.

package import ReplicationCore

/// What a guard refuses.
package struct GuardFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let inquiry = GuardFlags(rawValue: 1)
    package static let capacity = GuardFlags(rawValue: 2)
    package static let read = GuardFlags(rawValue: 4)
    package static let write = GuardFlags(rawValue: 8)
    /// Becoming a secondary, or being written by a copy from one.
    package static let secondary = GuardFlags(rawValue: 16)

    package static let all: GuardFlags = [.inquiry, .capacity, .read, .write, .secondary]
}

extension GuardFlags {
    init(from r: inout WireReader) throws(WireError) {
        self.init(rawValue: try r.read())
        guard Self.all.contains(self) else { throw .unknownValue(field: "guard flags") }
    }
}

package enum GuardOrder: Hashable, Sendable {
    /// - Parameter retentionDays: how long the guard cannot be lowered; 0 for not at all.
    case set([LDEVNumber], GuardFlags, retentionDays: UInt16)
    case show([LDEVNumber])
}

extension GuardOrder {
    func write(to w: inout WireWriter) {
        switch self {
        case .set(let ldevs, let flags, let days):
            w.write(UInt8(1))
            w.write(ldevs)
            w.write(flags.rawValue)
            w.write(days)
        case .show(let ldevs):
            w.write(UInt8(2))
            w.write(ldevs)
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .set(try r.readLDEVs(), try GuardFlags(from: &r), retentionDays: try r.read())
        case 2: self = .show(try r.readLDEVs())
        case _: throw .unknownValue(field: "guard order")
        }
    }
}

/// The guard of one volume.
package struct GuardSnapshot: Hashable, Sendable {
    package var ldev: LDEVNumber
    /// What is refused now.
    package var flags: GuardFlags
    /// What can be changed now: nothing while the retention time runs.
    package var changeable: GuardFlags
    /// Days until the guard can be lowered.
    package var retentionDays: UInt16

    package init(ldev: LDEVNumber, flags: GuardFlags, changeable: GuardFlags = .all, retentionDays: UInt16 = 0) {
        self.ldev = ldev
        self.flags = flags
        self.changeable = changeable
        self.retentionDays = retentionDays
    }
}

extension GuardSnapshot {
    func write(to w: inout WireWriter) {
        w.write(ldev.value)
        w.write(flags.rawValue)
        w.write(changeable.rawValue)
        w.write(retentionDays)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            ldev: LDEVNumber(try r.read()), flags: try GuardFlags(from: &r), changeable: try GuardFlags(from: &r),
            retentionDays: try r.read())
    }
}
