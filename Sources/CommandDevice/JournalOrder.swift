// The order of an asynchronous group, seen from outside: markers in it, waiting for one, its timers, its journals.
//
// - Source: RAID Manager reference, sections 2.8, 3.8 and 6.2.

package import ReplicationCore

package enum JournalOrder: Hashable, Sendable {
    /// How far the groups of these volumes have come.
    case marker([LDEVNumber])
    /// Waits until the other array has everything up to the marker.
    /// - Parameter timeout: in real time; nil waits until it is done or cannot be any more.
    case waitFor([LDEVNumber], SequenceNumber, timeout: Span?)
    case setTimers([LDEVNumber], GroupTimers)
}

/// How far a group has come.
package struct GroupMarker: Hashable, Sendable {
    package var consistencyGroup: UInt8
    /// The newest write that hosts were told is done.
    package var newest: SequenceNumber
    /// The newest that the other array has.
    package var delivered: SequenceNumber

    package init(consistencyGroup: UInt8, newest: SequenceNumber, delivered: SequenceNumber) {
        self.consistencyGroup = consistencyGroup
        self.newest = newest
        self.delivered = delivered
    }
}

/// How waiting for a marker ended.
package enum MarkerOutcome: UInt8, Hashable, Sendable, CaseIterable {
    case reached = 1
    case timedOut = 2
    /// The pair is suspended: the marker is not reached any more.
    case suspended = 3
    /// The pair is another one, or the order began anew.
    case changed = 4
}

package enum JournalAnswer: Hashable, Sendable {
    case markers([GroupMarker])
    case waited(MarkerOutcome, [GroupMarker])
}

extension JournalOrder {
    func write(to w: inout WireWriter) {
        switch self {
        case .marker(let ldevs):
            w.write(UInt8(1))
            w.write(ldevs)
        case .waitFor(let ldevs, let marker, let timeout):
            w.write(UInt8(2))
            w.write(ldevs)
            w.write(marker.value)
            w.write(optional: timeout) { $0.write($1.nanoseconds) }
        case .setTimers(let ldevs, let timers):
            w.write(UInt8(3))
            w.write(ldevs)
            timers.write(to: &w)
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .marker(try r.readLDEVs())
        case 2:
            self = .waitFor(
                try r.readLDEVs(), SequenceNumber(try r.read()),
                timeout: try r.readOptional { (r) throws(WireError) in Span(nanoseconds: try r.read()) })
        case 3: self = .setTimers(try r.readLDEVs(), try GroupTimers(from: &r))
        case _: throw .unknownValue(field: "journal order")
        }
    }
}

extension GroupMarker {
    func write(to w: inout WireWriter) {
        w.write(consistencyGroup)
        w.write(newest.value)
        w.write(delivered.value)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            consistencyGroup: try r.read(), newest: SequenceNumber(try r.read()),
            delivered: SequenceNumber(try r.read()))
    }
}

extension JournalAnswer {
    func write(to w: inout WireWriter) {
        switch self {
        case .markers(let markers):
            w.write(UInt8(1))
            w.write(each: markers) { $1.write(to: &$0) }
        case .waited(let outcome, let markers):
            w.write(UInt8(2))
            w.write(outcome.rawValue)
            w.write(each: markers) { $1.write(to: &$0) }
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .markers(try r.readEach { (r) throws(WireError) in try GroupMarker(from: &r) })
        case 2:
            self = .waited(
                try MarkerOutcome.read(from: &r, field: "marker outcome"),
                try r.readEach { (r) throws(WireError) in try GroupMarker(from: &r) })
        case _: throw .unknownValue(field: "journal answer")
        }
    }
}
