// Where one volume stands in local pairs, and what a change of its bytes has to do with them.

internal import CommandDevice
internal import ReplicationCore
internal import Synchronization

/// A volume's places in sets of local pairs: in up to three as the primary, or in one as the secondary.
struct LocalPlaces: Sendable {
    struct Place: Sendable {
        let set: LocalCopySet
        let pair: Int
    }
    /// In the order of the sets' identifiers: whoever asks several sets asks all volumes' sets in one order, so that no
    /// two writers and a command can wait for each other in a ring.
    private(set) var asPrimary: [Place] = []
    var asSecondary: Place?

    mutating func addPrimary(_ place: Place) {
        asPrimary.append(place)
        asPrimary.sort { $0.set.id < $1.set.id }
    }

    mutating func remove(_ set: LocalCopySet, pair: Int) {
        asPrimary.removeAll { $0.set === set && $0.pair == pair }
        if let place = asSecondary, place.set === set, place.pair == pair { asSecondary = nil }
    }

    var isEmpty: Bool { asPrimary.isEmpty && asSecondary == nil }
}

/// The sets that let a change of bytes pass: they are told of its end.
struct AdmittedChange {
    let places: [LocalPlaces.Place]
    func end() { for place in places { place.set.finished() } }
}

extension VolumeHooks {
    /// Tells the local pairs of a change of bytes before it is made: marks it, and copies out of its way what a split still
    /// needs. The caller holds the range; call `end` on the result once the bytes are in the file.
    func admit(_ extent: ByteExtent, except own: LocalCopySet? = nil) -> AdmittedChange {
        let places = local.withLock { $0 }
        if let place = places.asSecondary { place.set.mark(secondaryOf: place.pair, extent) }
        let concerned = places.asPrimary.filter { $0.set !== own }
        for place in concerned { place.set.admit(primaryOf: place.pair, extent) }
        return AdmittedChange(places: concerned)
    }

    /// Takes what local pairs allow from their present states.
    func settleAccess() {
        // Under the lock: of two that settle at once the later one sees the later states.
        local.withLock { places in
            let closedAsPrimary = places.asPrimary.contains { $0.set.pair($0.pair).primaryAccess == .readOnly }
            let closedAsSecondary = places.asSecondary.map { $0.set.pair($0.pair).secondaryAccess == .readOnly }
            isClosed = closedAsPrimary || closedAsSecondary == true
        }
    }

    var localSnapshots: [LocalPairSnapshot] {
        guard isWatched else { return [] }
        let places = local.withLock { $0 }
        let primary = places.asPrimary.map { $0.set.snapshot($0.pair, as: .primary) }
        let secondary = places.asSecondary.map { $0.set.snapshot($0.pair, as: .secondary) }
        return (primary + (secondary.map { [$0] } ?? [])).sorted { $0.name.mirror < $1.name.mirror }
    }
}

extension Volume {
    /// What local pairs have against a remote pair of this volume: nothing on a primary, unless it is being restored.
    var localRefusalToJoin: Refusal? {
        if hooks.local.withLock({ $0.asSecondary != nil }) { return .alreadyPaired }
        return hooks.isClosed || hooks.isClaimed ? .busy : nil
    }
}
