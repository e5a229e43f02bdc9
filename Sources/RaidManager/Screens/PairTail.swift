// What `-fw` and `-fe` add behind a row of pairdisplay. The bench has no external volumes, no quorum disks and no
// global-active pairs: their columns hold what a volume without them shows.
//
// - Source: RAID Manager reference, section 3.5: heading and the widths up to R/W reproduce a real row; those behind it
//   reproduce the row of a newer level.

extension PairScreen {
    static let extendedHeader =
        " CTG JID AP EM       E-Seq# E-LDEV# R/W QM DM P PR CS D_Status ST ELV PGID           CT(s) LUT"
    static let worldWideNameHeader = " LUN-WWN"

    var tailHeader: String {
        (showsWorldWideName ? Self.worldWideNameHeader : "") + (isExtended ? Self.extendedHeader : "")
    }

    func tail(_ row: PairRow) -> String {
        (showsWorldWideName ? " \(row.worldWideName)" : "") + (isExtended ? extended(row.pair) : "")
    }

    /// ` %3s %3s %2s %2s %12s %7s %3s`, then ` %-2s %-2s %s %-2s %2s %-8s %2s %-3s %4s %15s %s`.
    private func extended(_ pair: PairRow.Pair?) -> String {
        let group = (pair?.consistencyGroup ?? "-").right(3)
        let journal = (pair?.journal ?? "-").right(3)
        let first =
            " \(group) \(journal) \((pair?.activePaths ?? "-").right(2)) \("-".right(2)) \("-".right(12)) "
            + "\("-".right(7)) \("-/-".right(3))"
        // D: the difference bitmap lies in shared memory; N: not a path of its own; D: the default of every array.
        let words = pair == nil ? ("-", "-", "-") : ("D", "N", "D")
        let second =
            " \("-".left(2)) \(words.0.left(2)) \(words.1) \(words.2.left(2)) \((pair?.copyPace ?? "-").right(2)) "
            + "\("-".left(8)) \("-".right(2)) \("-".left(3)) \("-".right(4)) \("-".right(15)) -"
        return first + second
    }
}
