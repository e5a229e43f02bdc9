// The bench's status for people: one line per array, volume, link and host, in columns.

package enum StatusScreen {
    package static func text(_ status: BenchStatus) -> String {
        var lines = ["bench \(status.stateDirectory)" + (status.clock == 1 ? "" : ", clock \(status.clock)x")]
        for array in status.arrays {
            lines.append("")
            lines.append("array \(array.name)  serial \(array.serial)  \(array.state)")
            lines += table(
                [["LDEV", "SIZE", "PATH", "PAIR", "DEVICE", "BLOCK DEVICE"]]
                    + array.ldevs.map { ldev in
                        [
                            ldev.id, QuantityText.describe(bytes: ldev.size), "\(ldev.port) \(ldev.target) \(ldev.lun)",
                            pairs(of: ldev), ldev.device, ldev.blockDevice ?? "-",
                        ]
                    })
        }
        if !status.links.isEmpty {
            lines += ["", "links"]
            lines += table(
                status.links.map { link in [link.name, link.state] + link.directions.map(direction) })
        }
        if !status.hosts.isEmpty {
            lines += ["", "hosts"]
            lines += table(
                status.hosts.map { [$0.name, "instance \($0.instance)", $0.state, "at array \($0.array)"] })
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func pairs(of ldev: LDEVStatus) -> String {
        let all = (ldev.pair.map { [pair($0)] } ?? []) + ldev.localPairs.map(localPair)
        return all.isEmpty ? "simplex" : all.joined(separator: "; ")
    }

    private static func localPair(_ pair: LocalPairReport) -> String {
        "\(pair.role) of local \(pair.partner), mirror \(pair.mirror), \(pair.status)"
            + (pair.status == "paired" ? "" : " \(pair.cleanPercent) %")
    }

    private static func pair(_ pair: PairReport) -> String {
        var text = "\(pair.role) of \(pair.remoteSerial) \(pair.remoteLDEV), \(pair.mode), \(pair.status)"
        if pair.status != "paired" { text += " \(pair.cleanPercent) %" }
        if pair.mode == "async" { text += ", side file \(pair.sideFilePercent) %" }
        if pair.isFenced { text += ", fenced" }
        if !pair.isUsable { text += ", unusable" }
        return text
    }

    private static func direction(_ direction: BenchStatus.Direction) -> String {
        let impairment = direction.impairment
        var parts: [String] = []
        if impairment.passage != .open { parts.append(impairment.passage.rawValue) }
        if impairment.latencyMicroseconds > 0 {
            parts.append("latency \(milliseconds(impairment.latencyMicroseconds))")
        }
        if impairment.jitterMicroseconds > 0 { parts.append("jitter \(milliseconds(impairment.jitterMicroseconds))") }
        if impairment.bytesPerSecond > 0 {
            parts.append("\(QuantityText.describe(roughly: impairment.bytesPerSecond))/s")
        }
        if let sent = direction.bytesSent { parts.append("sent \(QuantityText.describe(roughly: sent))") }
        return "\(direction.name): \(parts.isEmpty ? "open" : parts.joined(separator: ", "))"
    }

    private static func milliseconds(_ microseconds: UInt64) -> String {
        microseconds % 1000 == 0 ? "\(microseconds / 1000) ms" : "\(microseconds) µs"
    }

    /// Rows with columns padded to the widest cell.
    private static func table(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            return "  " + cells.joined(separator: "  ")
        }
    }
}
