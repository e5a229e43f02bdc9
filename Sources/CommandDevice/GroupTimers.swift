// The timers that a group's pairs are given when they are made, as a host orders them.
//
// - Source: RAID Manager reference, sections 2.2 (-cto) and 6.

internal import ReplicationCore

/// Timers of a group; nil keeps the array's own. All in the units in which hosts give them.
package struct GroupTimers: Hashable, Sendable {
    /// How long a full side file or journal may hold writes up; 0 turns that off.
    package var sideFileSeconds: UInt16?
    package var copyPendingMinutes: UInt8?
    package var remoteReadyMinutes: UInt8?

    package init(
        sideFileSeconds: UInt16? = nil, copyPendingMinutes: UInt8? = nil, remoteReadyMinutes: UInt8? = nil
    ) {
        self.sideFileSeconds = sideFileSeconds
        self.copyPendingMinutes = copyPendingMinutes
        self.remoteReadyMinutes = remoteReadyMinutes
    }
}

extension GroupTimers {
    func write(to w: inout WireWriter) {
        w.write(optional: sideFileSeconds) { $0.write($1) }
        w.write(optional: copyPendingMinutes) { $0.write($1) }
        w.write(optional: remoteReadyMinutes) { $0.write($1) }
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            sideFileSeconds: try r.readOptional { (r) throws(WireError) in try r.read(UInt16.self) },
            copyPendingMinutes: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
            remoteReadyMinutes: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
    }
}
