// Is every error of the table shown by some golden, or is there a reason why nothing here can end with it?

import CommandDevice
import Foundation
import RaidManager
import ReplicationCore
import Synchronization
import TestSupport
import Testing

@Suite struct EveryError {
    /// What the bench has nothing for. An error that a golden shows must not stand here.
    private static let reasons: [(errors: [HorcmError], reason: String)] = [
        (
            [
                .escapeMissing, .fileMissing, .argumentTooLong, .tooManyArguments, .invalidWordValue, .contextCheck,
            ], "of raidcom alone, whose other words for a bad command line say it here"
        ),
        ([.accessDenied, .privilegeDenied], "a user of an array may do all that nobody's lock keeps him from"),
        ([.cachePartitionsDiffer, .storagePartitionDenied], "the arrays are not divided into partitions"),
        ([.noPoolLeft], "the arrays have no pools"),
        ([.notEnoughGroups], "the arrays' one limit of groups is EX_ENXCTG"),
        ([.localNotCurrent], "a takeover is judged by the S-VOL and by both sides, never by the P-VOL alone"),
        ([.inconsistentGroup], "every volume of a group is judged before the first is changed"),
        ([.unknownCommand, .noDebugLayer, .invalidControlCommand], "there is no maintenance mode"),
        (
            [.noSuchGroup, .nameTooLong, .invalidOptionName],
            "EX_ENOENT, EX_INVARG and EX_UNWOPT say it: which commands tell them apart is not known"
        ),
        ([.noMemory], "a process without memory ends here without a word"),
    ]

    /// - Source: RAID Manager reference, sections 2.1, 4.6 and 4.7.
    @Test func refusalsAndLessCommonErrorsAreTold() {
        var blocks = Refusal.allCases.map { refusal in
            let session = Situation.named("simplex").session(.never)
            session.local.state.withLock { $0.answers = [.refused(refusal, LDEVNumber(18))] }
            return block("the array refuses: \(refusal)", "paircreate -g oradb -vl -f never", session)
        }
        blocks += [
            block("volumes of two arrays", "paircreate -IM0 -g oradb -vl", Situation.named("simplex").session(.never)),
            block("one of two volumes is in a pair", "pairvolchk -g oradb -ss", mixed()),
            block("both sides are primaries", "pairvolchk -g oradb -c -ss", twoPrimaries()),
            block("the partner's array is dead", "pairdisplay -g oradb -fc", otherArrayDead()),
            block("the instance ends", "pairdisplay -g oradb", ScriptedSession(throws: .connectionLost)),
            block("no instance runs", "pairdisplay -g oradb", ScriptedSession(throws: .notAttached)),
            block("an answer of another kind", "pairdisplay -g oradb", ScriptedSession(answers: .done)),
            block(
                "another version", "pairdisplay -g oradb",
                ScriptedSession(answers: .failed(HorcmFailure(.unknownFunction, "The partner speaks another version.")))
            ),
            block(
                "the partner's HORCM_ALLOW_INST names another", "pairdisplay -g oradb",
                ScriptedSession(answers: .failed(HorcmFailure(.roleDenied, "It does not name this instance.")))),
            block(
                "an answer too large for a datagram", "pairdisplay -g oradb",
                ScriptedSession(answers: .failed(HorcmFailure(.resultTooLarge)))),
        ]
        Golden.check("small/errors", source: "sections 2.1, 4.6 and 4.7", blocks.joined(separator: "\n\n"))
    }

    @Test func everyErrorIsShownOrHasAReason() throws {
        let shown = try Self.shown()
        let excused = Self.reasons.flatMap(\.errors)
        #expect(Set(excused).count == excused.count)
        for error in HorcmError.allCases {
            let isExcused = excused.contains(error)
            #expect(
                shown.contains(error.name) != isExcused,
                isExcused
                    ? "\(error.name) is shown: take it out of the reasons"
                    : "no golden shows \(error.name), and why is not said")
        }
    }

    /// The words in brackets in all goldens.
    private static func shown() throws -> Set<String> {
        let files =
            FileManager.default.enumerator(atPath: Checkout.path(Golden.folder))?.compactMap { $0 as? String } ?? []
        var names: Set<String> = []
        for file in files where file.hasSuffix(".txt") {
            let text = try String(contentsOfFile: Checkout.path("\(Golden.folder)/\(file)"), encoding: .utf8)
            names.formUnion(text.matches(of: /\[(E[XW]_[A-Z]+)\]/).map { String($0.1) })
        }
        return names
    }

    private func block(_ title: String, _ line: String, _ session: any HorcmSession) -> String {
        var words = line.split(separator: " ").map(String.init)
        guard let command = CommandRegistry.command(named: words.removeFirst()) else { return "no command" }
        let host = FakeHost(session)
        let (outcome, _) = CommandRunner.run(command, words, host: host)
        let shown = (session as? FakeSession)?.output ?? []
        return (["== \(title)", "$ \(line)"] + shown + host.errors + ["exit \(outcome.status)"])
            .joined(separator: "\n")
    }

    private func mixed() -> FakeSession {
        let session = Situation.named("pair").session(.never, volumes: 2)
        session.local.state.withLock { $0.volumes[1].pair = nil }
        return session
    }

    private func otherArrayDead() -> FakeSession {
        let session = Situation.named("pair").session(.never)
        session.remote.state.withLock { $0.isDead = true }
        return session
    }

    private func twoPrimaries() -> FakeSession {
        let session = Situation.named("pair").session(.never)
        session.remote.state.withLock { $0.volumes[0].pair?.role = .primary }
        return session
    }
}

/// An instance that answers everything with one thing.
private final class ScriptedSession: HorcmSession {
    private let reply: Result<InstanceReply, HorcmFailure>
    let environment = InstanceEnvironment(["HORCMINST": "0"])
    let clockText = "13:45:25"
    let now = Moment(nanoseconds: 0)
    let machine: any HostMachine = FakeMachine([])
    let neighbours: [InstanceInformation] = []

    init(answers reply: InstanceReply) { self.reply = .success(reply) }
    init(throws error: HorcmError) { reply = .failure(HorcmFailure(error)) }

    func ask(_ request: InstanceRequest) throws(HorcmFailure) -> InstanceReply { try reply.get() }
    func ask(_ request: InstanceRequest, within limit: Span) throws(HorcmFailure) -> InstanceReply? {
        try reply.get()
    }
    func show(_ line: String) {}
    func showError(_ line: String) {}
    func sleep(_ span: Span) {}
}
