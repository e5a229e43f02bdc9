// pairsyncwait's outcomes, and the rows of pairdisplay -v.

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct SyncWait {
    private func markers(_ newest: UInt64, _ delivered: UInt64) -> [GroupMarker] {
        [
            GroupMarker(
                consistencyGroup: 3, newest: SequenceNumber(newest), delivered: SequenceNumber(delivered))
        ]
    }

    private func session(_ outcome: MarkerOutcome?) -> FakeSession {
        let session = Situation.named("pair").session(.async)
        var answers: [ArrayReply] = [.journal(.markers(markers(0x3408EF, 0x3408ED)))]
        if let outcome { answers.append(.journal(.waited(outcome, markers(0x3408EF, 0x3408EF)))) }
        session.local.state.withLock { $0.answers = answers }
        return session
    }

    @Test("2.8: the sample")
    func sample() {
        let outcome = run("pairsyncwait -g oradb -nowait -fq", in: session(nil))
        #expect(outcome.output == ["UnitID CTGID Q-Marker   Status Q-Num", "     0     3 01003408ef NOWAIT     2"])
        #expect(outcome.status == 0)
    }

    @Test(arguments: [(MarkerOutcome.reached, Int32(0)), (.timedOut, 1), (.suspended, 2), (.changed, 3)])
    func everyOutcomeHasItsStatus(_ outcome: MarkerOutcome, _ status: Int32) {
        let session = session(outcome)
        #expect(run("pairsyncwait -g oradb -t 50", in: session).status == status)
        let order = JournalOrder.waitFor([LDEVNumber(18)], SequenceNumber(0x3408EF), timeout: .seconds(5))
        #expect(session.local.performed.last == .journal(order))
    }

    @Test func screens() {
        let outcomes: [MarkerOutcome?] = [nil, .reached, .timedOut, .suspended, .changed]
        var blocks = outcomes.map { outcome -> String in
            let line = outcome == nil ? "pairsyncwait -g oradb -nowait -fq" : "pairsyncwait -g oradb -t 50"
            return "== \(outcome.map { "\($0)" } ?? "not waiting")\n$ \(line)\n\(run(line, in: session(outcome)).text)"
        }
        let told = session(.reached)
        let line = "pairsyncwait -g oradb -t 50 -m 01003408e0"
        blocks.append("== a marker that is told\n$ \(line)\n\(run(line, in: told).text)")
        for (situation, fence) in [("split", FenceWord.async), ("pair", .never), ("simplex", .async)] {
            let session = Situation.named(situation).session(fence)
            blocks.append(
                "== \(situation) \(fence.rawValue)\n$ pairsyncwait -g oradb -nowait\n"
                    + run("pairsyncwait -g oradb -nowait", in: session).text)
        }
        Golden.check("pairsyncwait/outcomes", source: "section 2.8", blocks.joined(separator: "\n\n"))
        let order = JournalOrder.waitFor([LDEVNumber(18)], SequenceNumber(0x3408E0), timeout: .seconds(5))
        #expect(told.local.performed.last == .journal(order))
    }

    @Test func aMarkerMeansTheNearestNumber() {
        let newest = SequenceNumber(0x2_0000_0010)
        #expect(QueueMarker("010000000f")?.sequence(near: newest) == SequenceNumber(0x2_0000_000F))
        #expect(QueueMarker("01fffffff0")?.sequence(near: newest) == SequenceNumber(0x1_FFFF_FFF0))
        #expect(QueueMarker("0100000011")?.sequence(near: newest) == SequenceNumber(0x2_0000_0011))
        #expect(QueueMarker("01fffffff0")?.sequence(near: SequenceNumber(4)) == SequenceNumber.none)
        for text in ["", "1", "010000000", "01000000000", "0100000g00", "+100000000"] {
            #expect(QueueMarker(text) == nil, "\(text)")
        }
        #expect(QueueMarker("0A0000BEEF")?.text == "0a0000beef")
    }

    private func group(_ number: UInt8, _ role: Role) -> GroupSnapshot {
        GroupSnapshot(
            number: number, id: GroupIdentifier(7), role: role, mode: .asynchronous, status: .paired, pairCount: 1,
            remoteSerial: ArraySerial(30054), activePaths: 1, sideFilePercent: 12, marker: SequenceNumber(0x99),
            waiting: 3,
            timers: GroupTimers(sideFileSeconds: 90, copyPendingMinutes: 5, remoteReadyMinutes: 5))
    }

    @Test func whatStandsBehindAGroupIsShown() {
        let session = Situation.named("pair").session(.async)
        session.local.state.withLock { $0.groups = [group(2, .primary), group(9, .primary)] }
        session.remote.state.withLock { $0.groups = [group(2, .secondary)] }
        session.local.state.withLock { state in
            state.volumes[0].pair?.journal = 4
            state.journals = [4, 5].map {
                JournalSnapshot(
                    number: $0, ldevs: [LDEVNumber(0x100)], byteCount: 1 << 30, group: group(2, .primary),
                    usedPercent: 1)
            }
        }
        let lines = ["-v ctg", "-v ctg -l", "-v jnl", "-v jnlt"].map { options in
            "$ pairdisplay -g oradb \(options)\n" + run("pairdisplay -g oradb \(options)", in: session).text
        }
        Golden.check("pairdisplay/v", source: "section 3.8", lines.joined(separator: "\n\n"))
        // Another group's row is not shown.
        #expect(run("pairdisplay -g oradb -v ctg", in: session).output.count == 3)
    }

    @Test func theOldCheckCountsLikeTheLenientOne() {
        let session = Situation.named("pair").session(.async, volumes: 2)
        session.local.state.withLock { $0.volumes[1].pair?.status = .suspended(.byOperator) }
        #expect(run("pairvolchk -g oradb -s", in: session).status == 44)
        session.environment = InstanceEnvironment(["HORCMINST": "0", "USE_OLD_VCHK": "1"], instance: nil)
        #expect(run("pairvolchk -g oradb -s", in: session).status == 43)
    }

    /// Section 5.6, the row of newer levels: MINAP = 0.
    @Test(arguments: FenceWord.allCases)
    func aFencedPrimaryWithoutPathsIsTakenOver(_ fence: FenceWord) {
        let session = Situation.named("pair").session(fence)
        session.local.state.withLock { $0.volumes[0].pair?.isLinkUp = false }
        let isFenced = fence == .data || fence == .status
        #expect(run("horctakeover -g oradb -l", in: session).status == (isFenced ? 4 : 0))
        #expect(session.local.performed == (isFenced ? [.lowerFence([LDEVNumber(18)])] : []))
    }

    @Test func timersAreOrderedBeforeAResynchronisation() {
        let session = Situation.named("split").session(.async)
        session.local.state.withLock { $0.answers = [.refused(.notSupported, nil)] }
        #expect(run("pairresync -g oradb -cto 30 2 3", in: session).status == 210)
        let timers = GroupTimers(sideFileSeconds: 30, copyPendingMinutes: 2, remoteReadyMinutes: 3)
        #expect(session.local.performed == [.journal(.setTimers([LDEVNumber(18)], timers))])
    }

    @Test func aCreationCarriesEveryOption() {
        let session = Situation.named("simplex").session(.async)
        let line = "paircreate -g oradb -vl -f async 5 -jp 1 -js 2 -nocsus -m noread -pid 3 -cto 60 4 -c 9"
        #expect(run(line, in: session).status == 0)
        let order = CreationOrder(
            pairings: [VolumePairing(local: LDEVNumber(18), remote: LDEVNumber(19))], remoteSerial: ArraySerial(30054),
            mode: .asynchronous, grouping: .consistencyGroup(5), copyPace: 9, copiesData: false,
            timers: GroupTimers(sideFileSeconds: 60, copyPendingMinutes: 4),
            journals: JournalNumbers(local: 1, remote: 2), startsSuspended: true, refusesReads: true, pathGroup: 3)
        #expect(session.local.performed == [.create(order)])
    }
}
