// The report as people read it.

internal import Foundation

extension MeasurementReport {
    package var markdown: String {
        var text = """
            # Measured

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
        if !missing.isEmpty {
            text += "\nNot measured:\n\n" + missing.map { "- \($0)\n" }.joined()
        }
        for job in plan.jobs {
            guard let row = cells[job.title] else { continue }
            text += "\n## \(job.title)\n\n![](\(Self.fileName(job)))\n\n"
            text += "| | operations/s | median latency, µs | 99 %, µs |\n|---|---|---|---|\n"
            for target in targets {
                guard let cell = row[target] else { continue }
                text += "| \(target) | \(Self.text(cell.operations)) | \(Self.text(cell.median)) "
                text += "| \(Self.text(cell.percentile99)) |\n"
            }
        }
        return text
    }

    /// The charts by file name.
    package var charts: [String: String] {
        var charts: [String: String] = [:]
        for job in plan.jobs {
            guard let row = cells[job.title] else { continue }
            let bars = targets.compactMap { target in row[target].map { BarChart.Bar(target, $0.operations) } }
            charts[Self.fileName(job)] = BarChart(title: job.title + ", operations per second", bars: bars).svg
        }
        return charts
    }

    private static func fileName(_ job: FioJob) -> String {
        job.title.replacing(", ", with: "-").replacing(" ", with: "-").lowercased() + ".svg"
    }

    private static func text(_ bound: Goal.Bound) -> String {
        switch bound {
        case .atLeast(let value): "at least \(value.formatted())"
        case .atMost(let value): "at most \(value.formatted())"
        }
    }

    private static func text(_ series: Series) -> String {
        func number(_ value: Double) -> String { String(format: value < 100 ? "%.1f" : "%.0f", value) }
        return "\(number(series.median)) (\(number(series.least)) to \(number(series.most)))"
    }
}
