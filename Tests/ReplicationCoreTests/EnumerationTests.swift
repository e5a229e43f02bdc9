// Every state of a pair, every command, every message: no trap, one answer to each request, and a refusal that
// changes nothing.

internal import ReplicationCore
internal import Simulator
import Testing

struct EnumerationTests {
    enum Phase: CaseIterable, Sendable { case down, greeting, open }

    struct State: Sendable {
        var role: Role
        var mode: ReplicationMode
        var status: PairStatus
        var isUsable: Bool
        var phase: Phase
        var hasJournals = false
    }

    static let states: [State] = Role.allCases.flatMap { role in
        ReplicationMode.allCases.flatMap { mode in
            PairStatus.allCases.flatMap { status in
                [true, false].flatMap { isUsable in
                    Phase.allCases.flatMap { phase in
                        (mode == .asynchronous ? [false, true] : [false]).map {
                            State(
                                role: role, mode: mode, status: status, isUsable: isUsable, phase: phase,
                                hasJournals: $0)
                        }
                    }
                }
            }
        }
    }

    typealias Request = @Sendable (inout GroupMachine, CommandToken) -> [GroupEffect]
    static let requests: [Request] = [
        { $0.split($1, pairs: [0, 1], secondaryWritable: true, protectsPrimary: false) },
        { $0.split($1, pairs: [1], secondaryWritable: false, protectsPrimary: true) },
        { $0.resynchronise($1, pairs: [0, 1], pace: 5, fence: nil) },
        { $0.resynchronise($1, pairs: [0], pace: nil, fence: .never) },
        { $0.swap($1, pairs: [0, 1], pace: nil) }, { $0.swap($1, pairs: [0], pace: nil) },
        { $0.takeOver($1, pairs: [0, 1]) }, { $0.takeOver($1, pairs: [1]) },
        { $0.rollBackTakeover($1, pairs: [0, 1]) }, { $0.lowerFence($1, pairs: [0]) },
        { $0.delete($1, pairs: [0, 1], localOnly: false) }, { $0.delete($1, pairs: [0], localOnly: true) },
    ]

    /// What may come from the other array or from the shell at any time.
    typealias Event = @Sendable (inout GroupMachine) -> [GroupEffect]
    static let events: [Event] = WireTests.everyMessage.map(arrival) + happenings

    private static func arrival(of message: PeerMessage) -> Event { { $0.receive(message, now: later) } }

    private static let happenings: [Event] =
        [
            { $0.linkCameUp() }, { $0.linkWentDown(now: later) }, { $0.tick(now: later) }, { $0.suspendByFault() },
            { $0.applyFailed() }, { $0.settle() }, { $0.recover() },
            { $0.isJournalled ? $0.restoreFailed() : [] },
            { machine in
                guard machine.isJournalled else { return [] }
                let header = FrameHeader(
                    kind: .write, epoch: machine.record.epoch, payloadBytes: 512,
                    sequence: machine.memory.arrived.next, extentBytes: 512, ldev: LDEVNumber(2))
                guard case .store(let position) = machine.arrive(header), machine.arrived(header, at: position),
                    let job = machine.nextToRestore
                else { return [] }
                _ = machine.restore(job, header)
                return machine.restored(job)
            },
            { $0.apply(.copyComplete([LDEVNumber(1), LDEVNumber(99)])) },
            { $0.apply(.suspend([LDEVNumber(1)], .byOperator, secondaryWritable: true)) },
            { machine in
                for kind in FrameKind.allCases {
                    for sequence in 0..<3 {
                        _ = machine.receive(
                            FrameHeader(
                                kind: kind, epoch: machine.record.epoch, sequence: SequenceNumber(UInt64(sequence)),
                                ldev: LDEVNumber(1)))
                    }
                }
                return machine.acknowledge(through: SequenceNumber(5)) { _ in } == true ? machine.settle() : []
            },
            { machine in
                guard let next = machine.peekCopy(),
                    let job = machine.issueCopy(pair: next.pair, tracks: next.tracks).job
                else { return [] }
                return machine.copyFilled(job.sequence, succeeded: false)
            },
            { machine in
                switch machine.admit(pair: 0, tracks: TrackRange(first: 0, count: 1), payloadBytes: 512, now: later) {
                case .refused, .wait: return []
                case .tracked: return machine.trackedWriteFinished() ? machine.settle() : []
                case .asynchronous(let sequence, _, _), .synchronous(let sequence, _):
                    return machine.localWriteFinished(sequence, succeeded: true).needsSettling ? machine.settle() : []
                case .undeliverable: return machine.giveUpLink()
                }
            },
        ]

    private static let later = Moment(nanoseconds: 900_000_000_000)
    private static let limits = WorldShape(mode: .asynchronous).limits

    private func machine(_ state: State, in nvram: Nvram) throws -> GroupMachine {
        nvram.erase()
        let layout = TrackLayout(volumeBytes: 20_000, trackBytes: 4096)
        var record = GroupRecord(
            id: GroupIdentifier(creator: ArraySerial(10), counter: 1), localSerial: World.serial(.a),
            remoteSerial: World.serial(.b), consistencyGroup: 1,
            role: state.role, mode: state.mode, epoch: Epoch(3), slotCount: 16,
            pairs: [1, 2].map {
                PairRecord(
                    local: LDEVNumber($0), remote: LDEVNumber($0), layout: layout, status: state.status,
                    isUsable: state.isUsable)
            })
        if state.hasJournals { record.journals = JournalNumbers(local: 1, remote: 2) }
        record.pairs[1].status = state.status == .copying ? .paired : state.status
        let memory = try unsafe GroupMemory(
            bytes: nvram.bytes, group: record.id, slotCount: 16, trackCounts: record.trackCounts)
        var marks = memory.bitmap(0)
        if state.status != .paired { marks.mark(TrackRange(first: 1, count: 2)) }
        var machine = GroupMachine(
            record: record, memory: memory, limits: Self.limits, timers: ArrayTimers(), now: Moment(nanoseconds: 0))
        switch state.phase {
        case .down: break
        case .greeting: _ = machine.linkCameUp()
        case .open: machine.joinOpenLink()
        }
        return machine
    }

    private func nvram() -> Nvram { Nvram(byteCount: GroupMemory.byteCount(slotCount: 16, trackCounts: [5, 5])) }

    private func answers(in effects: [GroupEffect], to token: CommandToken) -> [Refusal?] {
        effects.compactMap { effect -> Refusal?? in
            if case .finished(token, let refusal) = effect { return .some(refusal) }
            return nil
        }
    }

    @Test func aRefusalChangesNothing() throws {
        let nvram = nvram()
        let token = CommandToken(7)
        for state in Self.states {
            for (number, request) in Self.requests.enumerated() {
                var machine = try machine(state, in: nvram)
                let before = (machine.record, nvram.contents, machine.record.pairs.indices.map(machine.access))
                let effects = request(&machine, token)
                guard answers(in: effects, to: token).contains(where: { $0 != nil }) else { continue }
                let after = (machine.record, nvram.contents, machine.record.pairs.indices.map(machine.access))
                if effects.count != 1 || before != after { Issue.record("request \(number) in \(state): \(effects)") }
                // Nothing is left over either: the machine is not busy.
                let next = answers(
                    in: machine.delete(CommandToken(8), pairs: [0, 1], localOnly: true), to: CommandToken(8))
                if next.first == .some(.busy) { Issue.record("request \(number) in \(state) left the group busy") }
            }
        }
    }

    @Test func everyRequestEndsOnceWhateverComesInBetween() throws {
        let nvram = nvram()
        let token = CommandToken(7)
        for state in Self.states {
            for (number, request) in Self.requests.enumerated() {
                for (event, happen) in Self.events.enumerated() {
                    var machine = try machine(state, in: nvram)
                    var effects = request(&machine, token)
                    effects += happen(&machine)
                    effects += machine.linkWentDown(now: Self.later)
                    let ends = answers(in: effects, to: token).count
                    // A restart forgets who asked; the array's clients know that it died.
                    if ends != 1 {
                        Issue.record("request \(number), event \(event) in \(state): \(ends) ends, \(effects)")
                    }
                }
            }
        }
    }

    @Test func noTwoEventsInARowTrap() throws {
        let nvram = nvram()
        for state in Self.states {
            for first in Self.events {
                for second in Self.events {
                    var machine = try machine(state, in: nvram)
                    _ = first(&machine)
                    _ = second(&machine)
                    for index in machine.record.pairs.indices {
                        _ = (machine.access(of: index), machine.cleanPercent(of: index))
                    }
                }
            }
        }
    }
}
