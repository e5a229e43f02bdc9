// How a command fails: one error of the table, and what is known beyond it. And the one table that turns an array's
// refusal into RAID Manager's words.

package import ReplicationCore

/// The end of a command that did not do what it was asked.
package struct HorcmFailure: Error, Hashable, Sendable {
    package var error: HorcmError
    /// Further lines for stderr. Show them as `shownNotes`.
    package var notes: [String]

    /// Without brackets: clients expect exactly one bracketed word on stderr, and a note may repeat what the caller typed.
    var shownNotes: [String] {
        notes.map { note in String(note.map { $0 == "[" ? "(" : $0 == "]" ? ")" : $0 }) }
    }

    package init(_ error: HorcmError, _ notes: String...) {
        self.error = error
        self.notes = notes
    }

    package init(_ error: HorcmError, notes: [String]) {
        self.error = error
        self.notes = notes
    }
}

extension HorcmFailure {
    /// An array's refusal in RAID Manager's words.
    /// - Source: RAID Manager reference, sections 2.1 (the SSB line) and 4.6; which refusal gives which code is ours
    ///   where section 9, question 6 leaves it open.
    package init(_ refusal: Refusal, from serial: ArraySerial, ldev: LDEVNumber?) {
        let cause = ldev.map { "CAUSE : LDEV \($0) : \(refusal.cause)" } ?? "CAUSE : \(refusal.cause)"
        let error = refusal.error
        guard error == .rejectedByArray else {
            self.init(error, cause)
            return
        }
        self.init(
            error,
            "It was rejected due to SKEY=0x05, ASC=0x20, SSB=0xB9\(refusal.senseByte),0x\(refusal.senseDetail)"
                + " on Serial#(\(serial))",
            cause)
    }
}

extension Refusal {
    var error: HorcmError {
        switch self {
        case .noSuchVolume: .noSuchLDEV
        case .notPaired: .invalidVolumeStatus
        case .alreadyPaired: .rejectedByArray
        case .sizesDiffer: .sizesDiffer
        case .wrongStatus: .rejectedByArray
        case .notPrimary, .notSecondary: .invalidVolumeStatus
        case .secondaryTookOver: .rejectedByArray
        case .secondaryUnusable: .secondaryNotCurrent
        case .linkDown: .rejectedByArray
        case .noSuchLink: .unitNotConnected
        case .busy: .rejectedByArray
        case .partOfGroup: .rejectedByArray
        case .peerDisagrees: .rejectedByArray
        case .noGroupLeft: .noGroupNumberLeft
        case .groupDiffers: .groupNumbersDiffer
        case .groupElsewhere: .groupAcrossArrays
        case .timedOut: .waitTimedOut
        case .shuttingDown: .commandDeviceFailed
        case .notUnderstood: .rejectedByArray
        case .notSupported: .notSupported
        case .guarded: .secondaryForbidden
        case .retained: .retentionForbids
        case .journalMissing: .noSuchObject
        case .journalInUse: .rejectedByArray
        }
    }

    var cause: String {
        switch self {
        case .noSuchVolume: "The volume is not installed."
        case .notPaired: "The volume is not in a pair."
        case .alreadyPaired: "The volume is in a pair already."
        case .sizesDiffer: "The two volumes differ in size."
        case .wrongStatus: "The pair status does not allow it."
        case .notPrimary: "The volume is not a P-VOL."
        case .notSecondary: "The volume is not an S-VOL."
        case .secondaryTookOver: "The S-VOL is in SSWS: its changes come first (pairresync -swaps, or pairsplit -RB)."
        case .secondaryUnusable: "A copy to the S-VOL was interrupted: its data are not usable."
        case .linkDown: "The remote array cannot be reached over the link."
        case .noSuchLink: "There is no link to the remote array."
        case .busy: "Another operation on the group is in progress."
        case .partOfGroup: "Only a part of the consistency group was named."
        case .peerDisagrees: "The remote array does not know the pair in this form."
        case .noGroupLeft: "All consistency groups are in use."
        case .groupDiffers: "The consistency group has another fence level, or other journals."
        case .groupElsewhere: "The other half of the consistency group is on another array."
        case .timedOut: "It did not end in time and may still end later."
        case .shuttingDown: "The array is going down."
        case .notUnderstood: "The array's version does not know the order."
        case .notSupported: "The array cannot do it."
        case .guarded: "The volume's guard forbids it."
        case .retained: "The guard's retention time is not over."
        case .journalMissing: "There is no such journal."
        case .journalInUse: "The journal serves other pairs."
        }
    }

    /// The low byte of SSB1. 0xB9 is the family of remote copy; the low byte is this bench's own number.
    var senseByte: String { hexadecimal(UInt64(rawValue), digits: 2) }
    var senseDetail: String { "B9" + hexadecimal(UInt64(rawValue) | 0x80, digits: 2) }
}
