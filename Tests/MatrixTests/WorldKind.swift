// What the processes of a world are started with: cells that need the same can have the same kind of world.

import CommandDevice
import ReplicationCore

struct WorldKind: Hashable, Sendable {
    enum Temper: Hashable, Sendable {
        case usual
        /// Large volumes and a slow link: a copy does not end, and shows 0 %.
        case slow
        /// Asynchronous pairs give a lost link up at once.
        case impatient
        /// A small side file that may stay full for ever, and a link that may be silent for ever.
        case patientSideFile
        /// A small side file that is given up at once when it is full.
        case impatientSideFile
    }

    var temper = Temper.usual
    /// Both hosts stand at one array.
    var isLocal = false
    /// Journals take the place of the side files.
    var hasJournals = false
    var pairCount = 1

    static let usual = WorldKind()
    /// The first volume of each array.
    private static let firstVolume: UInt16 = 0x10

    /// The volumes of the group's pairs, at its first host and at its second.
    var pairings: [VolumePairing] {
        (0..<UInt16(pairCount)).map { index in
            let local = Self.firstVolume + index
            return VolumePairing(
                local: LDEVNumber(local), remote: LDEVNumber(isLocal ? local + UInt16(pairCount) : local))
        }
    }
}

extension WorldKind {
    init(_ cell: Cell) {
        self.init(
            temper: Temper(cell), isLocal: cell.face == .local, hasJournals: cell.face == .journal,
            pairCount: cell.state.isOfTwo ? 2 : 1)
    }
}

extension WorldKind.Temper {
    init(_ cell: Cell) {
        switch (cell.face, cell.state) {
        case (.local, _): self = .usual
        case (_, .simplex), (_, .copy), (_, .copyAndPair): self = .slow
        case (.async, .failed), (.journal, .failed), (.async, .splitAndFailed), (.journal, .splitAndFailed):
            self = .impatient
        case (_, .aboveHighWater): self = .patientSideFile
        case (_, .overflowed): self = .impatientSideFile
        case (_, _): self = .usual
        }
    }
}
