// What do the commands ask of which array, and what do they leave alone?

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct Commands {
    private let first = [LDEVNumber(18)]
    private let second = [LDEVNumber(19)]

    // MARK: Where a request goes

    @Test func createIsAskedOfTheArrayThatIsToHoldThePrimary() {
        let session = Situation.named("simplex").session(.never)
        #expect(run("paircreate -g oradb -vl -f data -c 15", in: session).status == 0)
        #expect(
            session.local.performed == [
                .create(
                    CreationOrder(
                        pairings: [VolumePairing(local: first[0], remote: second[0])], remoteSerial: ArraySerial(30054),
                        mode: .synchronous(.data), grouping: .separate, copyPace: 15))
            ])
        let other = Situation.named("simplex").session(.never)
        #expect(run("paircreate -g oradb -vr -fg never 7 -nocopy", in: other).status == 0)
        #expect(
            other.remote.performed == [
                .create(
                    CreationOrder(
                        pairings: [VolumePairing(local: second[0], remote: first[0])], remoteSerial: ArraySerial(30053),
                        mode: .synchronous(.never), grouping: .consistencyGroup(7), copiesData: false))
            ])
        #expect(other.local.performed.isEmpty)
    }

    @Test func anAsynchronousPairAlwaysHasAGroup() {
        let session = Situation.named("simplex").session(.never)
        #expect(run("paircreate -g oradb -vl -f async -cto 30 5 5", in: session).status == 0)
        guard case .create(let order) = session.local.performed.first else {
            Issue.record("nothing was created")
            return
        }
        #expect(order.grouping == .consistencyGroup(nil) && order.mode == .asynchronous)
        #expect(order.sideFileTimeoutSeconds == 30)
    }

    /// Section 2.2: the volumes that are new take the number of those that are not.
    @Test func volumesThatAreNewJoinTheGroupOfTheOthers() {
        func session() -> FakeSession {
            let session = Situation.named("pair").session(.async, volumes: 2)
            for array in [session.local, session.remote] { array.state.withLock { $0.volumes[1].pair = nil } }
            return session
        }
        for (words, number) in [("-f async", 2), ("-f async 2", 2), ("-f async -jp 1 -js 2", 2)] as [(String, UInt8)] {
            let session = session()
            #expect(run("paircreate -g oradb -vl \(words) -cto 30", in: session).status == 0)
            guard case .create(let order) = session.local.performed.first else {
                Issue.record("nothing was created: \(words)")
                continue
            }
            #expect(order.grouping == .consistencyGroup(number))
            #expect(order.pairings == [VolumePairing(local: LDEVNumber(20), remote: LDEVNumber(21))])
        }
        let other = session()
        #expect(run("paircreate -g oradb -vl -f async 3", in: other).status == 214)
        #expect(other.local.performed.isEmpty)
        for (refusal, status) in [
            (Refusal.groupDiffers, 214), (.groupElsewhere, 216), (.wrongStatus, 221), (.notPrimary, 222),
        ] as [(Refusal, Int32)] {
            let refused = session()
            refused.local.state.withLock { $0.answers = [.refused(refusal, LDEVNumber(20))] }
            #expect(run("paircreate -g oradb -vl -f async", in: refused).status == status)
        }
    }

    /// Section 2.4 knows of it; here it is refused, and not passed over in silence.
    @Test func aResynchronisationPutsNoPairIntoAGroup() {
        let alone = Situation.named("split").session(.never)
        for words in ["-fg never 5", "-fg data"] {
            let result = run("pairresync -g oradb \(words)", in: alone)
            #expect(result.status == 214 && result.text.contains("no CT group"), "\(words): \(result.text)")
        }
        #expect(alone.local.performed.isEmpty)
        let grouped = Situation.named("split").session(.async)
        #expect(run("pairresync -g oradb -f async 5", in: grouped).status == 214)
        #expect(grouped.local.performed.isEmpty)
        #expect(run("pairresync -g oradb -f async 2", in: grouped).status == 0)
        #expect(grouped.local.performed == [.resynchronise(first, copyPace: nil, fence: nil)])
    }

    @Test(arguments: [Role.primary, .secondary])
    func splitAndResyncAreAskedOfThePrimarysArrayFromBothSides(_ role: Role) {
        let session = Situation.named("pair").session(.never, from: role)
        #expect(run("pairsplit -g oradb -rw", in: session).status == 0)
        let split = Situation.named("split").session(.never, from: role)
        #expect(run("pairresync -g oradb -c 15 -f data", in: split).status == 0)
        let isLocal = role == .primary
        #expect((isLocal ? session.local : session.remote).performed == [.split(first, .secondaryWritable)])
        #expect((isLocal ? session.remote : session.local).performed.isEmpty)
        #expect((isLocal ? split.local : split.remote).performed == [.resynchronise(first, copyPace: 15, fence: .data)])
    }

    @Test func theSecondarysCommandsStayThere() {
        let forms: [(String, String, ArrayRequest)] = [
            ("pair", "pairsplit -g oradb -R", .delete(second, localOnly: true)),
            ("pair", "pairsplit -g oradb -RS -t 60", .takeOver(second, timeoutSeconds: 60)),
            ("taken over", "pairsplit -g oradb -RB", .rollBackTakeover(second)),
            ("taken over", "pairresync -g oradb -swaps", .swap(second, copyPace: nil)),
        ]
        for (situation, line, request) in forms {
            let session = Situation.named(situation).session(.never, from: .secondary)
            #expect(run(line, in: session).status == 0, "\(line)")
            #expect(session.local.performed == [request] && session.remote.performed.isEmpty)
        }
        let swapp = Situation.named("taken over").session(.never)
        #expect(run("pairresync -g oradb -swapp", in: swapp).status == 0)
        #expect(swapp.local.performed == [.swap(first, copyPace: nil)])
    }

    /// The primary stepped down and began to take the copy, and the answer was lost on the way (campaign seed 1111).
    @Test func aSwapWhoseAnswerWasLostCanBeAskedForAgain() {
        let session = Situation.named("taken over").session(.never, from: .secondary)
        session.remote.state.withLock { state in
            state.volumes[0].pair?.role = .secondary
            state.volumes[0].pair?.status = .copying
            state.volumes[0].pair?.isUsable = false
        }
        #expect(run("pairresync -g oradb -swaps", in: session).status == 0)
        #expect(session.local.performed == [.swap(second, copyPace: nil)] && session.remote.performed.isEmpty)

        // Two secondaries of which none took over fit together no more than before.
        let other = Situation.named("split").session(.never, from: .secondary)
        other.remote.state.withLock { $0.volumes[0].pair?.role = .secondary }
        #expect(run("pairresync -g oradb -swaps", in: other).status == 235)
        #expect(other.local.performed.isEmpty && other.remote.performed.isEmpty)
    }

    @Test func deletingFallsBackToOneHalfWhenTheArraysDoNotReachEachOther() {
        for role in Role.allCases {
            let session = Situation.named("link lost").session(.never, from: role)
            let asked = role == .primary ? session.local : session.remote
            asked.state.withLock { $0.answers = [.refused(.linkDown, nil)] }
            #expect(run("pairsplit -g oradb -S", in: session).status == 0)
            #expect(session.local.performed.last == .delete(role == .primary ? first : second, localOnly: true))
        }
    }

    // MARK: Refusals change nothing

    @Test func aRefusedCommandPerformsNothing() {
        for fence in FenceWord.allCases {
            for situation in Situation.fitting(fence) {
                for role in Role.allCases {
                    for line in Self.changing {
                        let session = situation.session(fence, from: role)
                        let outcome = run(line, in: session)
                        guard outcome.status >= 128, !outcome.errors.contains(where: { $0.contains("was executed") })
                        else { continue }
                        #expect(
                            session.local.performed.isEmpty && session.remote.performed.isEmpty,
                            "\(line) at the \(role), \(fence), \(situation.name): \(outcome.text)")
                        #expect(outcome.errors.joined().filter { $0 == "[" }.count == 1)
                    }
                }
            }
        }
    }

    static let changing =
        ["", "-rw", "-P", "-S", "-R", "-RS", "-RB"].map { "pairsplit -g oradb \($0)" }
        + ["", "-swaps", "-swapp"].map { "pairresync -g oradb \($0)" }
        + ["-vl", "-vr"].map { "paircreate -g oradb \($0) -f never" } + ["horctakeover -g oradb"]

    @Test func oneUnfitVolumeKeepsTheOthersUntouched() {
        let session = Situation.named("pair").session(.never, volumes: 3)
        session.local.state.withLock { $0.volumes[2].pair = nil }
        for line in ["pairsplit -g oradb", "pairresync -g oradb -swapp", "pairsplit -g oradb -S"] {
            #expect(run(line, in: session).status == 236)
        }
        #expect(session.local.performed.isEmpty && session.remote.performed.isEmpty)
    }

    @Test func sizesAreComparedBeforeAnythingIsMade() {
        let session = Situation.named("simplex").session(.never, volumes: 2)
        session.remote.state.withLock { $0.volumes[1].byteCount = 1 << 20 }
        #expect(run("paircreate -g oradb -vl -f never", in: session).status == 212)
        #expect(session.local.performed.isEmpty)
    }

    // MARK: Takeover

    @Test func aSwapTakeoverSwapsAtTheSecondarysArray() {
        let session = Situation.named("pair").session(.data, from: .secondary)
        #expect(run("horctakeover -g oradb", in: session).output == ["horctakeover : Swap-Takeover done."])
        #expect(session.local.performed == [.swap(second, copyPace: nil)])
    }

    @Test func aFailedSwapEndsAsATakeoverOfTheSecondary() {
        let session = Situation.named("pair").session(.data, from: .secondary)
        session.local.state.withLock { $0.answers = [.refused(.linkDown, nil), .done, .refused(.linkDown, nil)] }
        #expect(run("horctakeover -g oradb -t 5", in: session).status == 5)
        #expect(
            session.local.performed == [
                .swap(second, copyPace: nil), .takeOver(second, timeoutSeconds: 5), .swap(second, copyPace: nil),
            ])
    }

    @Test(arguments: ["link lost", "fault on both", "split"])
    func newerDataOfThePrimaryAreNeverOverwritten(_ situation: String) {
        for fence in FenceWord.allCases {
            let session = Situation.named(situation).session(fence, from: .secondary)
            let status = run("horctakeover -g oradb", in: session).status
            #expect(status == 5 || status == 225)
            #expect(session.local.performed == [.takeOver(second, timeoutSeconds: nil)])
        }
    }

    @Test func aPrimaryThatLeavesPairDuringTheSwapIsNotOverwritten() {
        let session = Situation.named("pair").session(.never, from: .secondary)
        session.local.state.withLock { $0.answers = [.refused(.linkDown, nil)] }
        // The primary's host writes while the swap fails.
        session.afterRelay = { [remote = session.remote] in
            remote.state.withLock { $0.volumes[0].pair?.status = .suspended(.byFault) }
        }
        #expect(run("horctakeover -g oradb", in: session).status == 225)
        #expect(session.local.performed == [.swap(second, copyPace: nil), .takeOver(second, timeoutSeconds: nil)])
    }

    @Test func anUnusableSecondaryIsNeverTakenOver() {
        for fence in FenceWord.allCases {
            for situation in ["copy", "copy interrupted"] {
                for alive in [true, false] {
                    let session = Situation.named(situation).session(fence, from: .secondary, isPartnerAlive: alive)
                    #expect(run("horctakeover -g oradb", in: session).status == 225)
                    #expect(run("horctakeover -g oradb -S", in: session).status == 225)
                    #expect(session.local.performed.isEmpty)
                }
            }
        }
    }

    @Test func aDrainThatTakesTooLongIsATimeout() {
        let session = Situation.named("pair").session(.async, from: .secondary, isPartnerAlive: false)
        session.local.state.withLock { $0.answers = [.refused(.timedOut, nil)] }
        #expect(run("horctakeover -g oradb -t 1", in: session).status == 233)
    }

    @Test func aFencedPrimaryIsOpened() {
        for line in ["horctakeover -g oradb", "horctakeover -g oradb -l"] {
            let session = Situation.named("link lost").session(.data, isPartnerAlive: !line.hasSuffix("-l"))
            #expect(run(line, in: session).status == 4)
            #expect(session.local.performed == [.lowerFence(first)])
        }
    }

    // MARK: Waiting and asking

    @Test func pairevtwaitWaitsUntilTheStateIsThere() {
        let session = Situation.named("copy").session(.never)
        session.onSleep = { count in
            if count == 3 { session.local.state.withLock { $0.volumes[0].pair?.status = .paired } }
        }
        let outcome = run("pairevtwait -g oradb -s pair -t 10", in: session)
        #expect(outcome == Outcome(status: 0, output: ["pairevtwait : Wait status done."], errors: []))
        #expect(session.now == Moment(nanoseconds: 3_000_000_000))
    }

    @Test func pairevtwaitEndsItsWaitInThreeWays() {
        #expect(run("pairevtwait -g oradb -s pair -t 2", in: Situation.named("copy").session(.never)).status == 233)
        #expect(run("pairevtwait -g oradb -s pair -t 2 -l", in: Situation.named("copy").session(.never)).status == 232)
        #expect(
            run("pairevtwait -g oradb -s pair -t 2", in: Situation.named("link lost").session(.never)).status == 234)
    }

    @Test func aDeadPartnerIsToldAndLocalQuestionsDoNotNeedIt() {
        let session = Situation.named("pair").session(.never, isPartnerAlive: false)
        for line in ["pairdisplay -g oradb", "pairvolchk -g oradb -c", "pairsplit -g oradb", "raidqry -r oradb"] {
            #expect(run(line, in: session).status == 242, "\(line)")
        }
        #expect(run("pairdisplay -g oradb -l", in: session).status == 0)
        #expect(run("pairvolchk -g oradb -s", in: session).status == 23)
        #expect(run("pairsplit -g oradb -l", in: session).status == 0)
    }

    @Test func aDeadArrayIsACommandDeviceError() {
        let session = Situation.named("pair").session(.never)
        session.local.state.withLock { $0.isDead = true }
        #expect(run("pairvolchk -g oradb", in: session).status == 237)
        let other = Situation.named("pair").session(.never)
        other.remote.state.withLock { $0.isDead = true }
        #expect(run("pairvolchk -g oradb -c", in: other).status == 237)
    }

    @Test func volumesThatDoNotFaceEachOtherAreTold() {
        let session = Situation.named("pair").session(.never)
        session.remote.state.withLock { $0.volumes[0].pair = nil }
        #expect(run("pairvolchk -g oradb -c -s", in: session).status == 235)
        #expect(run("pairdisplay -g oradb -c", in: session).status == 235)
    }

    @Test(arguments: [
        "-d oradev2", "-g oradb -d oradev2", "-d /dev/loop1", "-d 30053 20", "-d 30053 0x14", "-d 30053 00:14",
    ])
    func aVolumeIsFoundByEachOfItsNames(_ target: String) {
        let output = run("pairdisplay \(target) -CLI", in: Situation.named("pair").session(.never, volumes: 3)).output
        #expect(output.count == 3 && output[1].contains(" oradev2 "), "\(output)")
    }

    @Test func aLongGroupIsReadInPages() {
        let session = Situation.named("pair").session(.never, volumes: 200)
        #expect(run("pairdisplay -dg 30053 20 -CLI", in: session).output.count == 401)
        #expect(run("pairvolchk -g oradb -c -s", in: session).status == 33)
    }

    @Test func nomsgSilencesBothStreams() {
        let session = Situation.named("pair").session(.never)
        let host = FakeHost(session)
        let (outcome, _) = CommandRunner.run(RaidQry.self, ["-nomsg", "-Q"], host: host)
        #expect(outcome.status == 252 && host.errors.isEmpty && host.output.isEmpty)
    }

    @Test func aForeignVolumeIsNotTouchedForAPartner() {
        let session = Situation.named("pair").session(.never)
        let service = FakeSession.service(session.local, ["oradev1"], FakePartner { _ in nil })
        let foreign = InstanceRequest.perform(ArraySerial(30053), .delete([LDEVNumber(99)], localOnly: true))
        for request in [foreign, .shutDown, .relay(group: "oradb", .information)] {
            guard case .failed = service.answer(request, for: .partner) else {
                Issue.record("\(request) was answered")
                continue
            }
        }
        #expect(session.local.performed.isEmpty)
    }
}
