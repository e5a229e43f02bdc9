// Two judges of the far copy: the arrays' own evidence first, while nobody has written there, then the application. And
// the way home, at the end of which both copies must be equal.

internal import Bench
internal import Foundation
internal import Simulator

#if canImport(Glibc)
    internal import Glibc
#endif

extension CampaignRun {
    mutating func judge() async throws {
        let far = primary.other
        if plan.sabotage == .corruptsFarCopy { try corrupt(far) }
        let evidence = try await bench.evidence(of: far)
        let verdicts = evidence.verdicts.map { VerdictSummary($0) }
        result.verdicts = verdicts
        result.truths = evidence.truths.map { TruthSummary($0) }
        try VerdictReport.encoded(evidence).write(
            toFile: folder + "/evidence.json", atomically: true, encoding: .utf8)
        for verdict in verdicts {
            log.say(
                "verdict \(verdict.group): \(verdict.result.rawValue), \(verdict.lost) lost; \(verdict.explanation)")
        }
        if let lie = evidence.truths.lazy.compactMap(\.problem).first { throw RunProblem(.untruth, lie) }
        if let gone = evidence.verdicts.first(where: { $0.missingAtSource ?? 0 > 0 }) {
            throw RunProblem(.promiseBroken, gone.explanation)
        }
        guard result.isTakenOver else {
            log.say("not taken over: no application is started on this copy")
            return
        }
        guard let finding = try await workload?.judge(on: far) else { return }
        result.finding = finding
        log.say(
            "\(plan.workload.rawValue): \(finding.missing) of \(finding.acknowledged) acknowledged are missing; "
                + finding.notes.joined(separator: "; "))
        let circumstances = Agreement.Circumstances(
            keepsEverything: !isReleased, isOrderly: history.ending == .orderly,
            sharesOrder: history.sharesOrder)
        if let problem = Agreement.problem(verdicts, finding, circumstances) { throw problem }
    }

    /// Below the array: the copy then holds what nobody wrote.
    private func corrupt(_ side: Side) throws {
        guard let path = bench.backingFile(side, 0), let file = FileHandle(forUpdatingAtPath: path) else {
            throw BenchFailure("the backing file of volume 0 of \(side.name) was not found")
        }
        defer { try? file.close() }
        log.say("sabotage: every fourth block of \(path) is overwritten")
        let foreign = Data(repeating: 0xA5, count: 512)
        for offset in stride(from: 0, to: plan.workload.volumeBytes, by: 16384) {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: foreign)
        }
    }

    mutating func goHome() async throws {
        await workload?.leave()
        workload = nil
        try await bench.mendAll()
        let side = try await bench.bringHome(history, by: history.takeover, log)
        try await bench.expectEqualCopies("at the end")
        log.say("home again: \(side.name) holds the primaries, the copies are equal")
        let truths = try await bench.evidence(of: side.other).truths
        if let lie = truths.lazy.compactMap(\.problem).first { throw RunProblem(.untruth, lie) }
        if let pair = truths.first(where: { !$0.isIdentical }) {
            throw RunProblem(.copiesDiffer, "at the end the truth says that \(pair.pair) is not identical")
        }
    }
}
