// What can be asked of an array through its command device, and what it answers. One request, one reply, in band:
// a client opens the command device, writes the request at offset 0 and reads the reply at offset 0; the read ends
// when the array has finished.

package import ReplicationCore

/// How a request names volumes.
package enum VolumeSelection: Hashable, Sendable {
    case all
    case ldevs([LDEVNumber])
    case paths([VolumePath])
}

/// Two volumes that are to become a pair.
package struct VolumePairing: Hashable, Sendable {
    /// On the array that is asked; it becomes the primary.
    package var local: LDEVNumber
    package var remote: LDEVNumber
    package init(local: LDEVNumber, remote: LDEVNumber) {
        self.local = local
        self.remote = remote
    }
}

/// Whether the volumes of one creation share an order.
package enum GroupingOrder: Hashable, Sendable {
    /// Each pair stands alone (synchronous only).
    case separate
    /// One consistency group for all; nil lets the array choose its number.
    case consistencyGroup(UInt8?)
}

package struct CreationOrder: Hashable, Sendable {
    package var pairings: [VolumePairing]
    package var remoteSerial: ArraySerial
    package var mode: ReplicationMode
    package var grouping: GroupingOrder
    /// 1 to 15, in tracks per turn.
    package var copyPace: UInt8
    /// False: the copies are said to be equal already, and nothing is copied.
    package var copiesData: Bool
    /// Side-file timeout in seconds; nil keeps the array's own.
    package var sideFileTimeoutSeconds: UInt16?

    package init(
        pairings: [VolumePairing], remoteSerial: ArraySerial, mode: ReplicationMode, grouping: GroupingOrder,
        copyPace: UInt8 = 3, copiesData: Bool = true, sideFileTimeoutSeconds: UInt16? = nil
    ) {
        self.pairings = pairings
        self.remoteSerial = remoteSerial
        self.mode = mode
        self.grouping = grouping
        self.copyPace = copyPace
        self.copiesData = copiesData
        self.sideFileTimeoutSeconds = sideFileTimeoutSeconds
    }
}

/// How a split leaves the two sides.
package enum SplitKind: UInt8, Hashable, Sendable, CaseIterable {
    /// The secondary stays read only.
    case secondaryReadOnly = 1
    /// The secondary's hosts may write; their writes are marked.
    case secondaryWritable = 2
    /// The secondary stays read only and the primary refuses its hosts' writes.
    case primaryWriteProtected = 3
}

package enum ArrayRequest: Hashable, Sendable {
    case identify
    case volumes(VolumeSelection)
    /// Asked of the array that is to hold the primaries.
    case create(CreationOrder)
    /// Asked of the primary's array. Comes back when everything written before is on the secondary, or the link failed.
    case split([LDEVNumber], SplitKind)
    /// Asked of the primary's array; nil keeps pace or mode. A change between synchronous and asynchronous is refused.
    case resynchronise([LDEVNumber], copyPace: UInt8?, fence: FencePolicy?)
    /// Asked of either array: the secondary becomes the primary and copies the union of both sides' marks.
    case swap([LDEVNumber], copyPace: UInt8?)
    /// Asked of the secondary's array: drain what is under way, then make the secondary writable.
    /// - Parameter timeoutSeconds: how long to wait for the drain; nil waits until it is done or the link fails.
    case takeOver([LDEVNumber], timeoutSeconds: UInt32?)
    /// Asked of the secondary's array: give a takeover up; the secondary's changes will be overwritten.
    case rollBackTakeover([LDEVNumber])
    /// Asked of the primary's array: hosts may write although the fence says no. The pair stays suspended by fault.
    case lowerFence([LDEVNumber])
    /// Deletes the pair: on both arrays, or, `localOnly`, here alone.
    case delete([LDEVNumber], localOnly: Bool)
}

package enum ArrayReply: Hashable, Sendable {
    case identity(ArrayIdentity)
    /// Volumes that were found; a selection by number or path leaves out those that do not exist.
    case volumes([VolumeSnapshot])
    case done
    /// Stopped at `ldev`; what the request named before it is done.
    case refused(Refusal, LDEVNumber?)
}
