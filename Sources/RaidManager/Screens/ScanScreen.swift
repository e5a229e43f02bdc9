// raidscan's listing of a port: the text form, which pads with dots up to a fixed place, and the form for scripts.
//
// - Source: RAID Manager reference, section 3.10. The text form reproduces the pasted rows byte for byte; the form of local
//   copies, and what `-fd -fe -ff -fg` put behind the LDEV number, are known of the manuals or follow from `-fw`.

internal import CommandDevice
internal import ReplicationCore

struct ScanScreen: Sendable {
    /// What `-f` letters put in the place of the partner. Several are shown one after the other.
    enum Tail: Character, Hashable, Sendable, CaseIterable {
        case file = "d"
        case external = "e"
        case type = "f"
        case group = "g"
        case wideName = "w"

        var title: String {
            switch self {
            case .file: "Device_File"
            case .external: "E-Seq#,E-LDEV#"
            case .type: "Vol.Type"
            case .group: "Group"
            case .wideName: "LUN-WWN"
            }
        }
    }

    var mode: CopyMode
    /// `-fx`
    var isHexadecimal = false
    var tails: [Tail] = []
    /// `-CLI`
    var isCommandLine = false

    func lines(_ rows: [ScannedVolume]) -> [String] {
        isCommandLine ? commandLine.lines(rows) : text.lines(rows)
    }

    // MARK: Text

    /// Where P/S begins, counted from 0.
    private static let statusColumn = 41

    var text: ScreenTable<ScannedVolume> {
        ScreenTable(name, header: header, [place] + status + (tails.isEmpty ? partner : tails.enumerated().map(tail)))
    }

    private var name: String { "raidscan" + (mode == .mrcf ? " -IM" : "") }

    private var header: Fact<String> {
        let titles = tails.map(\.title).joined(separator: ",")
        switch (mode, tails.first) {
        case (.horc, nil):
            return Fact(
                "PORT# /ALPA/C,TID#,LU#.Num(LDEV#....)...P/S, Status,Fence,LDEV#,P-Seq#,P-LDEV#", .known, "3.10")
        case (.horc, .some):
            return Fact("PORT# /ALPA/C,TID#, LU#.Num(LDEV#....)...P/S, Status,Fence, LDEV#,\(titles)", .real, "3.10")
        case (.mrcf, nil):
            return Fact("PORT# /ALPA/C,TID#,LU#-MU#.Num(LDEV#....)...P/S, Status,LDEV#,P-Seq#,P-LDEV#", .known, "3.10")
        case (.mrcf, .some):
            return Fact(
                "PORT# /ALPA/C,TID#, LU#-MU#.Num(LDEV#....)...P/S, Status, LDEV#,\(titles)", .inferred, "3.10")
        }
    }

    /// `%-7s /%2s/%2s,%3d,%4d.%d(%s)`, then dots. Behind a place that is too long there is no dot.
    private var place: Column<ScannedVolume> {
        let (mode, isHexadecimal) = (mode, isHexadecimal)
        return Column("PORT# /ALPA/C,TID#,LU#.Num(LDEV#....)", 0, .real, "3.10", glue: "") { row in
            let path = row.snapshot.path
            let mirror = mode == .mrcf ? "-\(row.mirror)" : ""
            let text =
                "\(path.port.left(7)) /\(row.loopAddress)/\(row.loopGroup.right(2)),\(path.target.right(3)),"
                + "\(path.lun.right(4))\(mirror).1(\(row.snapshot.ldev.digits(isHexadecimal: isHexadecimal)))"
            return text + String(repeating: ".", count: max(0, Self.statusColumn - text.utf8.count))
        }
    }

    private var status: [Column<ScannedVolume>] {
        let isHexadecimal = isHexadecimal
        let fence = Column<ScannedVolume>("Fence", -6, .real, "3.10", empty: "------") { $0.pair?.fence?.rawValue }
        return [
            Column("P/S", -5, .real, "3.10", glue: "") { ($0.pair?.attribute ?? .simplex).rawValue },
            Column("Status", -5, .real, "3.10", empty: "----") { $0.status },
        ] + (mode == .horc ? [fence] : []) + [
            Column("LDEV#", 5, .real, "3.10", empty: "-----") { row in
                row.pair.map { _ in row.snapshot.ldev.digits(isHexadecimal: isHexadecimal) }
            }
        ]
    }

    private var partner: [Column<ScannedVolume>] {
        let isHexadecimal = isHexadecimal
        return [
            Column("P-Seq#", 7, .known, "3.10", glue: ",", empty: "-----") { $0.partnerSerial },
            Column("P-LDEV#", 6, .known, "3.10", glue: "", empty: "----") {
                $0.pair?.partnerLDEV.digits(isHexadecimal: isHexadecimal)
            },
        ]
    }

    private func tail(_ offset: Int, _ tail: Tail) -> Column<ScannedVolume> {
        let certainty: Certainty = tail == .wideName ? .real : .inferred
        return Column(tail.title, 0, certainty, "3.10", glue: ",", empty: "Unknown") { row in
            switch tail {
            case .file: row.deviceFile?.withoutDeviceFolder
            case .external: "-,-"
            case .type: row.snapshot.product(isCommandDevice: false)
            case .group: row.group ?? "-"
            // The sample names it for volumes in a pair only.
            case .wideName: row.pair.map { _ in row.snapshot.worldWideName(row.serial) }
            }
        }
    }

    static var facts: [FactLine] {
        CopyMode.allCases.flatMap { mode in
            ScanScreen(mode: mode).text.facts + ScanScreen(mode: mode).commandLine.facts
                + Tail.allCases.flatMap { ScanScreen(mode: mode, tails: [$0]).text.facts.suffix(1) }
        }
    }

    // MARK: For scripts

    var commandLine: ScreenTable<ScannedVolume> {
        let (mode, isHexadecimal) = (mode, isHexadecimal)
        let fence = Column<ScannedVolume>("Fence", -7, .one, "3.10") { $0.pair?.fence?.rawValue }
        let mirror = Column<ScannedVolume>("MU#", 3, .known, "3.10") { String($0.mirror) }
        let before: [Column<ScannedVolume>] = [
            Column("PORT#", -7, .one, "3.10", glue: "") { $0.snapshot.path.port },
            Column("ALPA", 4, .one, "3.10") { $0.loopAddress },
            Column("C", 2, .one, "3.10") { $0.loopGroup },
            Column("TID#", 4, .one, "3.10") { String($0.snapshot.path.target) },
            Column("LU#", 5, .one, "3.10") { String($0.snapshot.path.lun) },
        ]
        let middle: [Column<ScannedVolume>] = [
            Column("Seq#", 7, .one, "3.10") { String($0.serial.value) },
            Column("Num", 4, .one, "3.10") { _ in "1" },
            Column("LDEV#", 6, .one, "3.10") { $0.snapshot.ldev.digits(isHexadecimal: isHexadecimal) },
            Column("P/S", -6, .one, "3.10") { ($0.pair?.attribute ?? .simplex).rawValue },
            Column("Status", -6, .one, "3.10") { $0.status },
        ]
        let after: [Column<ScannedVolume>] = [
            Column("P-Seq#", 7, .one, "3.10") { $0.partnerSerial },
            Column("P-LDEV#", 7, .one, "3.10") { $0.pair?.partnerLDEV.digits(isHexadecimal: isHexadecimal) },
        ]
        let columns =
            before + (mode == .mrcf ? [mirror] : []) + middle + (mode == .horc ? [fence] : []) + after
            + tails.map { tail in
                Column(tail.title, 0, .inferred, "3.10") { row in
                    switch tail {
                    case .file: row.deviceFile?.withoutDeviceFolder ?? "Unknown"
                    case .external: "- -"
                    case .type: row.snapshot.product(isCommandDevice: false)
                    case .group: row.group
                    case .wideName: row.pair.map { _ in row.snapshot.worldWideName(row.serial) } ?? "Unknown"
                    }
                }
            }
        let titles = columns.map(\.heading).joined()
        // ALPA and C share a title.
        return ScreenTable(
            name + " -CLI", header: Fact(titles.replacingFirst("ALPA  C", with: "/ALPA/C"), .one, "3.10"), columns)
    }
}

extension ScannedVolume {
    var loopAddress: String { port.map { hexadecimal(UInt64($0.loopAddress), digits: 2).lowercased() } ?? "--" }
    /// The controller number that a host's driver makes of the address. There is no driver here: always 0, ours.
    var loopGroup: String { "0" }
    /// The array at the other end. Only a primary knows it, as everywhere.
    var partnerSerial: String? {
        guard let pair, pair.attribute == .primary || pair.fence == nil else { return nil }
        return String(pair.partnerSerial.value)
    }
}

extension Column {
    /// The title, where the column's values stand.
    var heading: String { glue + (width < 0 ? title.left(-width) : title.right(width)) }
}

extension String {
    func replacingFirst(_ text: String, with other: String) -> String {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) {
                return self[..<index] + other + self[self.index(index, offsetBy: text.count)...]
            }
            formIndex(after: &index)
        }
        return self
    }
}
