// Which pairs of verdict and finding cannot both be true?

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

    private func verdict(_ result: String, lost: Int = 0, isPrefix: Bool = true) -> [VerdictSummary] {
        [VerdictSummary(group: "data", result: result, lost: lost, isPrefix: isPrefix, explanation: "")]
    }

    private func kind(
        _ verdicts: [VerdictSummary]?, _ finding: WorkloadFinding, _ circumstances: Agreement.Circumstances = free
    ) -> RunProblem.Kind? {
        Agreement.problem(verdicts, finding, circumstances)?.kind
    }

    @Test func whatAgreesIsNoProblem() {
        #expect(kind(verdict("nothing lost"), finding()) == nil)
        #expect(kind(verdict("writes lost", lost: 3), finding(missing: 3)) == nil)
        // What was lost need not matter to the application.
        #expect(kind(verdict("writes lost", lost: 3), finding()) == nil)
        #expect(kind(nil, finding(missing: 3)) == nil)
    }

    @Test func nothingLostAndSomethingMissingExcludeEachOther() {
        #expect(kind(verdict("nothing lost"), finding(missing: 1)) == .disagreement)
        let loose = Agreement.Circumstances(keepsEverything: false, isOrderly: false, sharesOrder: false)
        #expect(kind(verdict("nothing lost"), finding(consistent: false), loose) == .disagreement)
        #expect(kind(verdict("writes lost", lost: 1), finding(consistent: false), loose) == .disagreement)
        #expect(kind(verdict("out of order", isPrefix: false), finding(consistent: false), loose) == nil)
    }

    @Test func promisesHoldWhateverTheVerdictSays() {
        let data = Agreement.Circumstances(keepsEverything: true, isOrderly: false, sharesOrder: true)
        #expect(kind(nil, finding(missing: 1), data) == .promiseBroken)
        #expect(kind(verdict("writes lost", lost: 1), finding(missing: 1), data) == .promiseBroken)
        let orderly = Agreement.Circumstances(keepsEverything: false, isOrderly: true, sharesOrder: true)
        #expect(kind(nil, finding(missing: 1), orderly) == .promiseBroken)
        #expect(kind(nil, finding(prefix: false)) == .promiseBroken)
        #expect(kind(nil, finding(consistent: false)) == .promiseBroken)
        #expect(kind(nil, finding(prefix: nil)) == nil)
    }
}
