// Which pairs of verdict and finding cannot both be true?

import Bench
import Campaign
import Testing

struct AgreementTests {
    static let free = Agreement.Circumstances(keepsEverything: false, isOrderly: false, sharesOrder: true)

    private func finding(missing: Int = 0, consistent: Bool = true, prefix: Bool? = true) -> WorkloadFinding {
        var finding = WorkloadFinding()
        finding.acknowledged = 100
        finding.missing = missing
        finding.isConsistent = consistent
        finding.isPrefix = prefix
        return finding
    }

    private func verdict(
        _ result: VerdictReport.Result, lost: Int = 0, possiblyLost: Int = 0, isPrefix: Bool = true
    ) -> [VerdictSummary] {
        [VerdictSummary(group: "data", result: result, lost: lost, possiblyLost: possiblyLost, isPrefix: isPrefix)]
    }

    private func kind(
        _ verdicts: [VerdictSummary]?, _ finding: WorkloadFinding, _ circumstances: Agreement.Circumstances = free
    ) -> RunProblem.Kind? {
        Agreement.problem(verdicts, finding, circumstances)?.kind
    }

    @Test func whatAgreesIsNoProblem() {
        #expect(kind(verdict(.nothingLost), finding()) == nil)
        #expect(kind(verdict(.writesLost, lost: 3), finding(missing: 3)) == nil)
        // What was lost need not matter to the application.
        #expect(kind(verdict(.writesLost, lost: 3), finding()) == nil)
        #expect(kind(nil, finding(missing: 3)) == nil)
    }

    @Test func nothingLostAndSomethingMissingExcludeEachOther() {
        #expect(kind(verdict(.nothingLost), finding(missing: 1)) == .disagreement)
        let loose = Agreement.Circumstances(keepsEverything: false, isOrderly: false, sharesOrder: false)
        #expect(kind(verdict(.nothingLost), finding(consistent: false), loose) == .disagreement)
        #expect(kind(verdict(.writesLost, lost: 1), finding(consistent: false), loose) == .disagreement)
        #expect(kind(verdict(.outOfOrder, isPrefix: false), finding(consistent: false), loose) == nil)
    }

    @Test func countsOfTheSameWritesMustBeTheSame() {
        var counted = finding(missing: 3)
        counted.countsWrites = true
        #expect(kind(verdict(.writesLost, lost: 3), counted) == nil)
        #expect(kind(verdict(.writesLost, lost: 2, possiblyLost: 1), counted) == nil)
        #expect(kind(verdict(.nothingLost, possiblyLost: 3), counted) == nil)
        #expect(kind(verdict(.writesLost, lost: 2), counted) == .disagreement)
        #expect(kind(verdict(.writesLost, lost: 4), counted) == .disagreement)
    }

    @Test func aTakenOverCopyMustBeJudged() {
        #expect(kind(verdict(.unknown), finding()) == .disagreement)
        #expect(kind(verdict(.notAPointInTime), finding()) == .disagreement)
    }

    @Test func promisesHoldWhateverTheVerdictSays() {
        let data = Agreement.Circumstances(keepsEverything: true, isOrderly: false, sharesOrder: true)
        #expect(kind(nil, finding(missing: 1), data) == .promiseBroken)
        #expect(kind(verdict(.writesLost, lost: 1), finding(missing: 1), data) == .promiseBroken)
        let orderly = Agreement.Circumstances(keepsEverything: false, isOrderly: true, sharesOrder: true)
        #expect(kind(nil, finding(missing: 1), orderly) == .promiseBroken)
        #expect(kind(nil, finding(prefix: false)) == .promiseBroken)
        #expect(kind(nil, finding(consistent: false)) == .promiseBroken)
        #expect(kind(nil, finding(prefix: nil)) == nil)
    }
}
