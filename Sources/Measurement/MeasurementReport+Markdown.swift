// The report as people read it.

internal import Foundation

extension MeasurementReport {
    package var markdown: String {
        let day = Date(timeIntervalSince1970: began).formatted(.iso8601.year().month().day())
        var text = """
            # Measured \(day)

            \(processors) processors, kernel \(kernel), files in \(plan.folder); \(plan.rounds) rounds of \
            \(plan.seconds.formatted()) s, all targets in turns within each. Medians; in brackets the least and the most.

            ## Goals

            | | goal | measured | |
            |---|---|---|---|

            """
        for goal in goals {
            let value = goal.value.map { String(format: "%.2f", $0) } ?? "not measured"
            let verdict = goal.isReached.map { $0 ? "reached" : "**not reached**" } ?? ""
            text += "| \(goal.title) | \(Self.text(goal.bound)) | \(value) | \(verdict) |\n"
        }
        let missing = failures + sections.flatMap(\.missing)
        if !missing.isEmpty { text += "\nNot measured:\n\n" + missing.map { "- \($0)\n" }.joined() }
        for section in sections { text += Self.text(section) }
        return text
    }

    private static func text(_ section: SectionReport) -> String {
        var text = "\n## \(section.title)\n"
        for remark in section.remarks { text += "\n\(remark)\n" }
        for table in section.tables where !table.rows.isEmpty {
            text += "\n### \(table.title)\n\n"
            if table.chart != nil { text += "![](\(fileName(table, in: section)))\n\n" }
            text += "| | " + table.columns.joined(separator: " | ") + " |\n"
            text += String(repeating: "|---", count: table.columns.count + 1) + "|\n"
            for row in table.rows {
                let cells = table.columns.map { row.cells[$0].map(Self.text) ?? "" }
                text += "| \(row.name) | " + cells.joined(separator: " | ") + " |\n"
            }
        }
        return text
    }

    /// The charts by file name.
    package var charts: [String: String] {
        var charts: [String: String] = [:]
        for section in sections {
            for table in section.tables {
                guard let column = table.chart, !table.rows.isEmpty else { continue }
                let bars = table.rows.compactMap { row in row.cells[column].map { BarChart.Bar(row.name, $0) } }
                charts[Self.fileName(table, in: section)] =
                    BarChart(title: "\(table.title): \(column)", bars: bars).svg
            }
        }
        return charts
    }

    private static func fileName(_ table: ReportTable, in section: SectionReport) -> String {
        let words = table.title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return "\(section.name)-\(words.joined(separator: "-")).svg"
    }

    private static func text(_ bound: Goal.Bound) -> String {
        switch bound {
        case .atLeast(let value): "at least \(value.formatted())"
        case .atMost(let value): "at most \(value.formatted())"
        }
    }

    private static func text(_ series: Series) -> String {
        guard series.values.count > 1, series.least < series.most else { return number(series.median) }
        return "\(number(series.median)) (\(number(series.least)) to \(number(series.most)))"
    }

    private static func number(_ value: Double) -> String {
        String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
    }
}
