// JUnit XML as CI systems read it: one test case for each run, the failure's text with the command that repeats it.
//
// - Source: the schema that Jenkins publishes (jenkins-junit.xsd).

internal import Foundation

extension CampaignReport {
    package var junit: String {
        let failed = failures.count
        let skipped = runs.count { $0.outcome == .interrupted }
        let suite =
            "name=\"arraybench campaign\" tests=\"\(runs.count)\" failures=\"\(failed)\" errors=\"0\" "
            + "skipped=\"\(skipped)\" time=\"\(Self.time(seconds))\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites>
            <testsuite \(suite)>
            <properties>
            <property name="seed" value="\(seed)"/>
            <property name="shard" value="\(Self.escaped(shard))"/>
            <property name="profile" value="\(Self.escaped(profile))"/>
            <property name="mode" value="\(Self.escaped(mode))"/>
            </properties>
            \(runs.map(Self.testCase).joined(separator: "\n"))
            </testsuite>
            </testsuites>

            """
    }

    private static func testCase(_ run: RunResult) -> String {
        let name = escaped("seed \(run.seed): \(run.workload.rawValue), \(run.mode), \(run.ending)")
        let tag =
            "<testcase classname=\"campaign.\(run.workload.rawValue).\(run.mode)\" name=\"\(name)\" "
            + "time=\"\(time(run.seconds))\""
        switch run.outcome {
        case .passed: return tag + "/>"
        case .interrupted: return tag + "><skipped message=\"interrupted\"/></testcase>"
        case .failed:
            let problem = run.problem ?? RunProblem(.stopped, "")
            let text = "\(problem)\nagain: \(run.repetition)\n" + (run.kept.map { "kept: \($0)\n" } ?? "")
            return tag + "><failure type=\"\(escaped(problem.kind.rawValue))\" message=\"\(escaped(problem.text))\">"
                + escaped(text) + "</failure></testcase>"
        }
    }

    private static func time(_ seconds: Double) -> String {
        seconds.formatted(
            .number.precision(.fractionLength(3)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }

    /// `text` as XML character data, also between quotes. Characters that XML 1.0 cannot hold at all become `?`.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            case "\n", "\t": escaped += "&#\(scalar.value);"
            case _:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                escaped.unicodeScalars.append(isAllowed ? scalar : "?")
            }
        }
        return escaped
    }
}
