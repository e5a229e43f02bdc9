// Does pairmon tell and clear what each combination of its flags says, wait for what is not there yet, and does the
// monitor see what changed?

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct PairMonTests {
    private static func event(
        _ name: String, _ before: PairWord, _ after: PairWord, _ mode: CopyMode = .horc
    ) -> StatusEvent {
        StatusEvent(
            group: "oradb", name: name, mode: mode, path: VolumePath(port: "CL1-A", target: 1, lun: 5),
            ldev: LDEVNumber(145), before: before, after: after)
    }

    private static let three = [
        event("oradev1", .smpl, .copy), event("oradev2", .copy, .pair), event("oradev1", .pair, .psus),
    ]

    private func session(
        _ events: [StatusEvent] = three, poll: Span? = .seconds(10)
    ) -> FakeSession {
        let volumes = [Situation.named("pair").volume(.primary, 0, .never)]
        let session = FakeSession(FakeArray(30053, volumes), FakeArray(30054, []), ["oradev1"], poll: poll)
        session.memory.change { _ = $0.events.append(events) }
        return session
    }

    private func left(_ session: FakeSession) -> Int { session.memory.change { $0.events.count } }

    struct Row: Sendable, CustomTestStringConvertible {
        let flags: String
        let told: Int
        let left: Int
        var testDescription: String { flags.isEmpty ? "no flag" : flags }
    }

    /// The table of section 2.7: how many of three changes are told, and how many are left.
    static let table = [
        Row(flags: "", told: 1, left: 2), Row(flags: " -D", told: 1, left: 2), Row(flags: " -allsnd", told: 3, left: 3),
        Row(flags: " -resevt", told: 1, left: 0), Row(flags: " -resevt -allsnd", told: 3, left: 0),
        Row(flags: " -nowait", told: 1, left: 2), Row(flags: " -nowait -allsnd", told: 3, left: 3),
        Row(flags: " -nowait -resevt", told: 1, left: 0), Row(flags: " -nowait -resevt -allsnd", told: 3, left: 0),
    ]

    @Test(arguments: table) func eachRowOfTheTableTellsAndClears(_ row: Row) {
        let session = session()
        let outcome = run("pairmon\(row.flags)", in: session)
        #expect(outcome.status == 0 && outcome.output.count == row.told + 1)
        #expect(outcome.output[1].contains("SMPL    0x00 -> COPY    0x01"))
        #expect(left(session) == row.left)
    }

    @Test(arguments: table) func withoutAChangeTheRowsWithNowaitSaySoAndTheOthersWait(_ row: Row) {
        let session = session([])
        let isWaiting = !row.flags.contains("-nowait")
        if isWaiting {
            session.memory.willHappen { _ in }
            session.memory.willHappen { _ = $0.events.append(Self.three) }
        }
        let outcome = run("pairmon\(row.flags)", in: session)
        #expect(outcome.status == 0)
        #expect(outcome.output.count == (isWaiting ? row.told + 1 : 1))
        if !isWaiting { #expect(outcome.output == ["no event"]) }
        // Two turns: nothing happened in the first.
        #expect(session.memory.waits.withLock { $0 } == (isWaiting ? [.seconds(10), .seconds(10)] : []))
        #expect(left(session) == (isWaiting ? row.left : 0))
    }

    @Test func onlyWhatIsAskedForIsToldAndTakenAway() {
        let session = session(Self.three + [Self.event("oradev3", .pair, .ssus)])
        // PSUS means SSUS too: one state seen from two sides.
        var outcome = run("pairmon -nowait -s psus", in: session)
        #expect(outcome.output.count == 2 && outcome.output[1].contains("oradev1"))
        outcome = run("pairmon -nowait -s PSUS", in: session)
        #expect(outcome.output.count == 2 && outcome.output[1].contains("oradev3") && left(session) == 2)
        #expect(run("pairmon -nowait -s psue", in: session).output == ["no event"] && left(session) == 2)
        #expect(run("pairmon -nowait -resevt -s psue", in: session).output == ["no event"] && left(session) == 0)
        #expect(run("pairmon -s soon", in: session).status == 253 && run("pairmon -s", in: session).status == 254)
    }

    @Test func aChangeThatDoesNotFitIsWaitedPast() {
        let session = session()
        session.memory.willHappen { _ = $0.events.append([Self.event("oradev9", .pair, .psue)]) }
        let outcome = run("pairmon -s psue", in: session)
        #expect(outcome.output.count == 2 && outcome.output[1].contains("oradev9") && left(session) == 3)
    }

    @Test func changesOfLocalPairsAreToldApart() {
        let session = session(Self.three + [Self.event("oradev1", .pair, .psus, .mrcf)])
        #expect(run("pairmon -nowait -allsnd -IM0", in: session).output.count == 2)
        #expect(run("pairmon -nowait -resevt -IM0", in: session).output.count == 2 && left(session) == 3)
    }

    @Test func withoutAMonitorThereIsNothingToTell() {
        for flags in ["", " -nowait -allsnd"] {
            let outcome = run("pairmon\(flags)", in: session(poll: nil))
            #expect(outcome.status == 231 && outcome.errors.first == "pairmon: [EX_ESTMON] HORCM monitor stopped")
        }
    }

    @Test func aPartnerIsToldNothing() {
        let array = FakeArray(30053, [Situation.named("pair").volume(.primary, 0, .never)])
        let service = FakeSession.service(array, ["oradev1"], FakePartner { _ in nil })
        let order = EventOrder(EventFilter(.horc), takesAll: true, clearing: .everything)
        for request in [InstanceRequest.takeEvents(order), .awaitEvent(order.filter, .seconds(1))] {
            #expect(service.answer(request, for: .partner) == .failed(HorcmFailure(.unknownFunction)))
        }
    }

    @Test func theScreenIsAsTheManualsHaveIt() {
        let lines = ["pairmon -h", "pairmon -allsnd -nowait", "pairmon", "pairmon -nowait -resevt", "pairmon -nowait"]
        let session = session(Self.three + [Self.event("a-volume-with-a-long-name", .pair, .psue)])
        var text = lines.map { "$ \($0)\n\(run($0, in: session).text)" }
        text.append("== without a monitor\n$ pairmon\n\(run("pairmon", in: self.session(poll: nil)).text)")
        Golden.check("small/pairmon", source: "section 2.7", text.joined(separator: "\n\n"))
    }
}

@Suite struct MonitorTests {
    private func reports(_ situation: String, _ role: Role = .primary, count: UInt16 = 1) -> [VolumeReport] {
        (0..<count).map { index in
            let volume = Situation.named(situation).volume(role, index, .async)
            return VolumeReport(
                group: "oradb", name: "oradev\(index + 1)", serial: ArraySerial(30053), ldev: volume.ldev,
                path: volume.path, snapshot: volume)
        }
    }

    @Test func aChangeIsLoggedAndKept() {
        var watch = StatusWatch()
        #expect(watch.look(reports("pair")) == StatusWatch.Findings())
        let found = watch.look(reports("link lost"))
        #expect(
            found.lines.map(\.text) == [
                "oradb oradev1 LDEV 00:12: P-VOL PAIR -> P-VOL PSUE",
                "[HORCM_102] Detected a suspending on this paired volume ( Volume = oradev1, code = 4 )",
            ])
        #expect(found.lines.map(\.isForSystemLog) == [false, true])
        #expect(found.events.map(\.before) == [.pair] && found.events.map(\.after) == [.psue])
        #expect(watch.look(reports("link lost")) == StatusWatch.Findings())
    }

    @Test func whatOnlyFcShowsIsLoggedButNoChangeForPairmon() {
        var watch = StatusWatch()
        _ = watch.look(reports("pair"))
        let found = watch.look(reports("side file above high water"))
        #expect(found.lines.count == 1 && found.events.isEmpty)
    }

    @Test func anArrayThatDoesNotAnswerIsToldOnceAndForgetsNothing() {
        var watch = StatusWatch()
        _ = watch.look(reports("pair"))
        #expect(watch.look(nil).lines.map(\.message) == [.notConnected])
        #expect(watch.look(nil).lines.isEmpty)
        let found = watch.look(reports("split"))
        #expect(found.lines.map(\.message) == [.connectionBack, .statusChanged] && found.events.count == 1)
    }

    @Test func bothKindsOfPairsAreWatched() {
        var watch = StatusWatch()
        var reports = reports("pair")
        _ = watch.look(reports)
        reports[0].snapshot?.localPairs = [
            LocalPairSnapshot(
                name: LocalName(primary: LDEVNumber(18), secondary: LDEVNumber(20), mirror: 0), role: .primary,
                status: .copying)
        ]
        let found = watch.look(reports)
        #expect(found.events.map(\.mode) == [.mrcf] && found.events.map(\.after) == [.copy])
    }

    @Test func aFullQueueGivesTheOldestUpAndSaysSoOnce() {
        var queue = EventQueue()
        var other = StatusEvent(
            group: "g", name: "first", mode: .horc, path: nil, ldev: nil, before: .pair, after: .psus)
        let first = other
        other.name = "other"
        let full = Array(repeating: other, count: EventQueue.countMaximum - 1)
        let all = EventOrder(EventFilter(.horc), takesAll: true, clearing: .nothing)
        var tells = [queue.append([first] + full)]
        #expect(names(&queue, all).first == "first" && queue.lostCount == 0)
        // Telling all keeps all, but somebody has read them: the next loss is told again.
        for _ in 0..<2 { tells.append(queue.append([other])) }
        #expect(names(&queue, all) == Array(repeating: "other", count: EventQueue.countMaximum))
        for _ in 0..<2 { tells.append(queue.append([other])) }
        #expect(names(&queue, EventOrder(all.filter, takesAll: false, clearing: .reported)) == ["other"])
        for _ in 0..<2 { tells.append(queue.append([other])) }
        #expect(tells == [false, true, false, true, false, false, true])
        #expect(queue.lostCount == 5 && queue.count == EventQueue.countMaximum)
    }

    private func names(_ queue: inout EventQueue, _ order: EventOrder) -> [String] { queue.take(order).map(\.name) }

    /// Both ends of what a command reads in one piece.
    @Test func aFullQueueFitsIntoOneAnswer() {
        let long = String(repeating: "x", count: 31)
        let event = StatusEvent(
            group: long, name: long, mode: .horc, path: VolumePath(port: long, target: 1, lun: 1),
            ldev: LDEVNumber(1), before: .pair, after: .psus)
        let reply = InstanceReply.events(Array(repeating: event, count: EventQueue.countMaximum))
        #expect(reply.encoded().count < InstanceWire.largestMessage)
    }

    @Test("7: HORCM_103, once for a volume in however many groups, and again when it happens again")
    func whatAGuardRefusesIsLogged() {
        var watch = StatusWatch()
        func reports(_ errors: UInt32) -> [VolumeReport] {
            var reports = self.reports("pair", count: 2)
            for index in reports.indices { reports[index].snapshot?.guardErrors = index == 0 ? errors : 4 }
            var twin = reports[0]
            twin.group = "twins"
            return reports + [twin]
        }
        let units = [ArraySerial(30054), ArraySerial(30053)]
        #expect(watch.look(reports(3), units: units).lines.isEmpty)
        #expect(watch.look(reports(3), units: units).lines.isEmpty)
        let line = "[HORCM_103] Detected a validation check error on this volume ( oradev1, unit# 1, ldev# 00:12 )"
        #expect(watch.look(reports(5), units: units).lines.map(\.text) == [line])
        #expect(watch.look(nil).lines.count == 1)
        // The array was started again: it counts anew.
        #expect(watch.look(reports(0), units: units).lines.map(\.message) == [.connectionBack])
        #expect(watch.look(reports(1), units: units).lines.map(\.text) == [line])
    }
}
