// pairdisplay's table: one row as text, and the column formats, which clients take apart at fixed places.
//
// - Source: RAID Manager reference, sections 3.2 to 3.5. The widths reproduce the pasted rows byte for byte.

/// What a row shows; every value is text already.
package struct PairRow: Hashable, Sendable {
    package var group = ""
    package var name = ""
    package var side = Side.local
    package var port = "-"
    package var target = "-"
    package var lun = "-"
    /// Local copies only.
    package var mirror = "0"
    package var deviceFile = "Unknown"
    package var serial = "-"
    package var ldev = "-"
    package var attribute = "SMPL"
    /// The logical unit's world-wide name.
    package var worldWideName = "Unknown"
    /// nil: the screen's own. With `-m` a screen has rows of both kinds.
    package var mode: CopyMode?
    /// nil: there is no pair; the format's own dashes are shown.
    package var pair: Pair?

    package struct Pair: Hashable, Sendable {
        package var status = ""
        package var fence = ""
        /// nil: no number is shown in this state.
        package var percent: String?
        /// nil: this side does not know it.
        package var partnerSerial: String?
        package var partnerLDEV = ""
        /// The M column.
        package var mark = "-"
        package var consistencyGroup: String?
        package var activePaths = "-"
        package var journal: String?
        package var copyPace = "-"
        package init() {}
    }

    package init() {}
}

package struct PairScreen: Hashable, Sendable {
    package var mode = CopyMode.horc
    /// `-fc`
    package var showsPercent = false
    /// `-fd`
    package var showsDeviceFile = false
    /// `-fw`
    package var showsWorldWideName = false
    /// `-fe`
    package var isExtended = false
    /// `-CLI`
    package var isCommandLine = false

    package init() {}

    package func lines(_ rows: [PairRow]) -> [String] {
        guard isCommandLine else { return [header] + rows.map(text) }
        return CommandLineLayout(self, rows).lines(rows)
    }

    private var header: String {
        let place = showsDeviceFile ? "Device_File       " : mode == .horc ? "(Port#,TID, LU)" : "(Port#,TID, LU-M) "
        let start = "Group   PairVol(L/R) \(place),Seq#,LDEV#.P/S,Status,"
        let rest =
            switch (mode, showsPercent) {
            case (.horc, true): "Fence,   %,P-LDEV# M"
            case (.horc, false): "Fence,Seq#,P-LDEV# M"
            case (.mrcf, true): "   % ,P-LDEV# M"
            case (.mrcf, false): "Seq#,P-LDEV# M"
            }
        return start + rest + tailHeader
    }

    /// `%-7s %-12s (%-6s,%2d,%4d)%5s%6s.%-5s %-4s %-6s,%5s%6s %s`; local copies: `(%s,%2d,%4d-%d )`, no fence, `%8s`.
    private func text(_ row: PairRow) -> String {
        let start = row.group.left(7) + " " + "\(row.name)(\(row.side == .local ? "L" : "R"))".left(12) + " "
        let pair = row.pair
        let status =
            "\(row.serial.right(5))\(row.ldev.right(6)).\(row.attribute.left(5)) \((pair?.status ?? "----").left(4))"
        let number = (showsPercent ? pair?.percent : pair?.partnerSerial) ?? "-----"
        let partner = pair?.partnerLDEV ?? "----"
        let mark = pair?.mark ?? "-"
        switch row.mode ?? mode {
        case .horc:
            let fence = (pair?.fence ?? "------").left(6)
            return start + place(row) + status + " \(fence),\(number.right(5))\(partner.right(6)) \(mark)" + tail(row)
        case .mrcf:
            return start + place(row) + status + ",\(number.right(5))\(partner.right(8)) \(mark)" + tail(row)
        }
    }

    private func place(_ row: PairRow) -> String {
        if showsDeviceFile { return row.deviceFile.left(18) }
        switch row.mode ?? mode {
        case .horc: return "(\(row.port.left(6)),\(row.target.right(2)),\(row.lun.right(4)))"
        case .mrcf: return "(\(row.port),\(row.target.right(2)),\(row.lun.right(4))-\(row.mirror) )"
        }
    }
}

/// The `-CLI` form: fields separated by blanks, `-` for what is empty. Group and volume columns are as wide as their
/// longest value.
package struct CommandLineLayout: Hashable, Sendable {
    private let screen: PairScreen
    private let groupWidth: Int
    private let nameWidth: Int

    package init(_ screen: PairScreen, groupWidth: Int, nameWidth: Int) {
        self.screen = screen
        self.groupWidth = groupWidth
        self.nameWidth = nameWidth
    }

    init(_ screen: PairScreen, _ rows: [PairRow]) {
        self.init(
            screen, groupWidth: max(7, rows.map(\.group.utf8.count).max() ?? 0),
            nameWidth: rows.map(\.name.utf8.count).max() ?? 0)
    }

    package func lines(_ rows: [PairRow]) -> [String] { [header] + rows.map(line) }

    private var header: String {
        let names = "Group".left(groupWidth) + " " + "PairVol".left(nameWidth) + " L/R "
        let rest =
            switch (screen.mode, screen.showsDeviceFile, screen.showsPercent) {
            case (.horc, false, true): "Port#   TID  LU Seq#    LDEV# P/S Status Fence    % P-LDEV# M"
            case (.horc, false, false): "Port#   TID  LU Seq#    LDEV# P/S Status Fence   Seq# P-LDEV# M"
            case (.horc, true, true): " Device_File     Seq# LDEV# P/S Status Fence    % P-LDEV# M"
            case (.horc, true, false): " Device_File     Seq# LDEV# P/S Status Fence   Seq# P-LDEV# M"
            case (.mrcf, false, true): "Port#    TID LU-M Seq#       LDEV# P/S   Status      % P-LDEV# M"
            case (.mrcf, false, false): "Port#    TID LU-M Seq#       LDEV# P/S   Status  Seq#       P-LDEV# M"
            case (.mrcf, true, true): " Device_File M    Seq# LDEV# P/S Status    % P-LDEV# M"
            case (.mrcf, true, false): " Device_File M    Seq# LDEV# P/S Status   Seq# P-LDEV# M"
            }
        return names + rest + screen.tailHeader
    }

    private func line(_ row: PairRow) -> String {
        let pair = row.pair
        let names =
            row.group.left(groupWidth) + " " + row.name.left(nameWidth) + (row.side == .local ? " L   " : " R   ")
        let number = (screen.showsPercent ? pair?.percent : pair?.partnerSerial) ?? "-"
        let fence = (row.mode ?? screen.mode) == .horc ? " \((pair?.fence ?? "-").left(6))" : ""
        return names + place(row) + " \(row.serial.right(6)) \(row.ldev.right(5)) \(row.attribute.left(5))"
            + " \((pair?.status ?? "-").left(4))" + fence + " \(number.right(screen.showsPercent ? 5 : 6))"
            + " \((pair?.partnerLDEV ?? "-").right(5)) \(pair?.mark ?? "-")" + screen.tail(row)
    }

    private func place(_ row: PairRow) -> String {
        switch (row.mode ?? screen.mode, screen.showsDeviceFile) {
        case (.horc, false): "\(row.port.left(7)) \(row.target.right(2)) \(row.lun.right(4))"
        case (.horc, true): "    \(row.deviceFile.left(14))"
        case (.mrcf, false): "\(row.port.left(8)) \(row.target.right(3)) \(row.lun.right(2)) \(row.mirror)"
        case (.mrcf, true): "    \(row.deviceFile.left(11)) \(row.mirror)"
        }
    }
}
