// The words of the core for what a pair is. They are nobody's product names: the table that turns
// "suspended by fault" into PSUE is in the vendor's module.

/// Which copy the hosts work on.
package enum Role: UInt8, Sendable, CaseIterable {
    case primary = 1
    case secondary = 2
    package var other: Role { self == .primary ? .secondary : .primary }
}

/// What a synchronous primary does with a host write that cannot be made on both sides.
/// - Source: RAID Manager reference, section 5.3.
package enum FencePolicy: UInt8, Sendable, CaseIterable {
    /// The write fails: the copies never part unnoticed.
    case data = 1
    /// The write fails only if the secondary could not be told that it is out of date.
    case status = 2
    /// The write succeeds, and its tracks are marked.
    case never = 3
}

/// When a host's write is acknowledged, and what happens when it cannot be delivered.
package enum ReplicationMode: Hashable, Sendable {
    case synchronous(FencePolicy)
    case asynchronous

    package static let allCases: [ReplicationMode] = FencePolicy.allCases.map { .synchronous($0) } + [.asynchronous]
}

/// Why a pair is suspended.
package enum SuspendCause: UInt8, Sendable, CaseIterable {
    /// An operator split the pair, or a takeover on the other side did.
    case byOperator = 1
    /// The link, an array or a device failed.
    case byFault = 2
    /// The side file stayed full until its timeout.
    case sideFileFull = 3
}

/// The state of a pair as its own array knows it. A volume without a pair is simplex and has no state.
package enum PairStatus: Hashable, Sendable {
    /// The primary copies its marked tracks; the secondary is neither old nor new.
    case copying
    /// Synchronous: both copies are equal. Asynchronous: the secondary follows in order.
    case paired
    case suspended(SuspendCause)
    /// The secondary was made writable by a takeover; its marks decide the next resynchronisation.
    case takenOver

    package static let allCases: [PairStatus] =
        [.copying, .paired, .takenOver] + SuspendCause.allCases.map { .suspended($0) }

    package var isSuspended: Bool {
        switch self {
        case .suspended: true
        case .copying, .paired, .takenOver: false
        }
    }

    /// Whether host writes travel over the link.
    package var isReplicating: Bool {
        switch self {
        case .copying, .paired: true
        case .suspended, .takenOver: false
        }
    }
}

/// What a host may do with a volume now. Derived, never stored.
package enum HostAccess: UInt8, Sendable {
    case readWrite
    case readOnly
}

/// Why an array did not do what it was asked. Nothing has changed when one of these comes back.
package enum Refusal: UInt8, Error, Hashable, Sendable, CaseIterable {
    /// There is no such volume in the array.
    case noSuchVolume = 1
    /// The volume is not in a pair.
    case notPaired = 2
    /// The volume is in a pair already.
    case alreadyPaired = 3
    /// The two volumes differ in size.
    case sizesDiffer = 4
    /// The pair's state does not allow it.
    case wrongStatus = 5
    /// It must be asked of the array that holds the primary.
    case notPrimary = 6
    /// It must be asked of the array that holds the secondary.
    case notSecondary = 7
    /// The secondary took over: its changes come first, so only a swap, a roll back or a deletion is possible.
    case secondaryTookOver = 8
    /// A copy was interrupted: the secondary is neither old nor new.
    case secondaryUnusable = 9
    /// The other array cannot be reached over the link.
    case linkDown = 10
    /// There is no link to an array of that serial number.
    case noSuchLink = 11
    /// Another operation on the group is in progress.
    case busy = 12
    /// Volumes of one consistency group change roles together; a part of them was named.
    case partOfGroup = 13
    /// The other array does not agree with what this one believes about the pair.
    case peerDisagrees = 14
    /// No further consistency group can be made.
    case noGroupLeft = 15
    /// The consistency group exists with another mode or another partner.
    case groupDiffers = 16
    /// It did not end within the time given. It may still end later.
    case timedOut = 17
    /// The array is going down.
    case shuttingDown = 18
    /// The request could not be understood by this version.
    case notUnderstood = 19
    /// The array cannot do it.
    case notSupported = 20
    /// The volume's guard forbids it to become a secondary or to be written by a copy.
    case guarded = 21
    /// The volume's guard cannot be lowered before its retention time is over.
    case retained = 22
    /// There is no such journal.
    case journalMissing = 23
    /// The journal serves other pairs.
    case journalInUse = 24
    // 25 was given once; it is not given again.
    /// The consistency group's other half is on another array.
    case groupElsewhere = 26
}
