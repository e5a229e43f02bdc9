// Can a CI system read what a campaign found, whatever an error message holds?

import Campaign
import Foundation
import FoundationXML
import Testing

struct ReportTests {
    static let nasty = "a < b && \"c\" > 'd'\n\u{1B}[2K ]]> €"

    static func report() -> CampaignReport {
        var plan = CampaignPlan(seed: 9, count: 3)
        plan.workloads = [.stamped]
        var report = CampaignReport(plan)
        var results = plan.runs.map { RunResult($0) }
        results[1].outcome = .failed
        results[1].problem = RunProblem(.disagreement, nasty)
        results[1].kept = "/tmp/kept & gone"
        results[2].outcome = .interrupted
        for result in results { report.add(result) }
        return report
    }

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [String] = []
        var attributes: [[String: String]] = []
        var text = ""
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes values: [String: String]
        ) {
            elements.append(name)
            attributes.append(values)
        }
        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    @Test func junitIsWellFormedAndComplete() throws {
        let parser = XMLParser(data: Data(Self.report().junit.utf8))
        let reader = Reader()
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reader.elements.count { $0 == "testcase" } == 3)
        let suite = try #require(reader.elements.firstIndex(of: "testsuite"))
        #expect(reader.attributes[suite]["tests"] == "3" && reader.attributes[suite]["failures"] == "1")
        #expect(reader.attributes[suite]["skipped"] == "1")
        let failure = try #require(reader.elements.firstIndex(of: "failure"))
        #expect(reader.attributes[failure]["message"] == Self.nasty.replacing("\u{1B}", with: "?"))
        #expect(reader.text.contains("arraybench campaign --seed 10 --runs 1"))
    }

    @Test func jsonComesBack() throws {
        let report = Self.report()
        #expect(try CampaignReport(json: report.json) == report)
    }

    @Test func theTableNamesFailuresAndTheirCommand() {
        let table = Self.report().table
        #expect(table.contains("FAILED run 1, seed 10: disagreement"))
        #expect(table.contains("again:  arraybench campaign --seed 10 --runs 1 --workload stamped"))
        #expect(table.contains("kept:   /tmp/kept & gone"))
    }

    @Test func onlyACompleteCampaignIsGood() {
        var report = CampaignReport(CampaignPlan(seed: 1, count: 2))
        let plan = CampaignPlan(seed: 1, count: 2).runs
        #expect(!report.isGood(of: 2))
        report.add(RunResult(plan[0]))
        #expect(!report.isGood(of: 2))
        report.add(RunResult(plan[1]))
        #expect(report.isGood(of: 2))
        #expect(!Self.report().isGood(of: 3))
    }
}
