// One thread of a load, with devices, memory and dice of its own.

internal import Platform

/// Small, fast and the same everywhere: a seed gives the same numbers on each machine.
/// - Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// **Threads**: its own alone. What is shared is in the load's desk.
final class LoadWorker {
    private let load: StampedLoad
    private let index: Int
    private var files: [BlockFile?]
    private let buffer: AlignedBuffer
    private var dice: SplitMix
    private let weights: Int

    /// A device that cannot be opened any more answers ENODEV.
    init(_ load: StampedLoad, _ index: Int) {
        self.load = load
        self.index = index
        files = load.volumes.map { try? BlockFile($0.path, writing: true) }
        buffer = AlignedBuffer(load.plan.largestBlock)
        dice = SplitMix(load.seed &+ UInt64(index) &* 0x632B_E59B_D9B4_E019)
        weights = load.plan.mix.reduce(0) { $0 + $1.weight }
    }

    func work() {
        while waitForTurn() {
            let volume = Int.random(in: 0..<files.count, using: &dice)
            guard let ticket = begin(draw(volume)) else { break }
            guard carryOut(ticket) else { continue }
            guard ticket.kind == .write, Int.random(in: 0..<100, using: &dice) < load.plan.dependentPercent else {
                continue
            }
            let precedent = Precedent(
                sequence: ticket.sequence, volume: UInt16(volume), offset: ticket.offset, length: ticket.length)
            guard let second = begin(.write, (volume + 1) % files.count, precedent) else { break }
            _ = carryOut(second)
        }
        load.workerEnded()
    }

    /// Sleeps until the rate allows the next operation, in pieces. False if the load is over.
    private func waitForTurn() -> Bool {
        let start = load.nextStart()
        while true {
            let now = monotonicNanoseconds()
            guard start > now else { return true }
            sleepNanoseconds(min(start - now, 20_000_000))
            guard !load.isStopping else { return false }
        }
    }

    private func draw(_ volume: Int) -> (OperationKind, Int, Precedent?) {
        let throwOf = Int.random(in: 0..<100, using: &dice)
        if throwOf < load.plan.flushPercent { return (.flush, volume, nil) }
        let isDiscard = throwOf < load.plan.flushPercent + load.plan.discardPercent && !load.refusesDiscards(volume)
        return (isDiscard ? .discard : .write, volume, nil)
    }

    private func begin(_ drawn: (OperationKind, Int, Precedent?)) -> StampedLoad.Ticket? {
        begin(drawn.0, drawn.1, drawn.2)
    }

    /// Proposes ranges until one is free. Nil if the load is over.
    private func begin(_ kind: OperationKind, _ volume: Int, _ precedent: Precedent?) -> StampedLoad.Ticket? {
        var tries = 0
        while true {
            let region = load.volumes[volume]
            let length = UInt64(kind == .flush ? 0 : drawLength())
            let step = UInt64(load.plan.step)
            let room = (region.regionLength - length) / step
            let offset = kind == .flush ? 0 : region.regionOffset + UInt64.random(in: 0...room, using: &dice) * step
            let proposal = StampedLoad.Ticket(
                sequence: 0, kind: kind, volume: volume, offset: offset, length: length, precedent: precedent, begun: 0)
            switch load.begin(proposal, thread: index) {
            case .go(let ticket): return ticket
            case .over: return nil
            case .busy:
                tries += 1
                if tries % 16 == 0 { sleepNanoseconds(100_000) }
            }
        }
    }

    private func drawLength() -> Int {
        var rest = Int.random(in: 0..<weights, using: &dice)
        for share in load.plan.mix {
            if rest < share.weight { return share.bytes }
            rest -= share.weight
        }
        preconditionFailure("the weights add up")
    }

    /// Does it and records the answer. False if it failed, or if the load is over.
    private func carryOut(_ ticket: StampedLoad.Ticket) -> Bool {
        let code = answer(ticket)
        let goesOn = load.end(ticket, code, thread: index)
        guard code == 0 else {
            if load.plan.onError == .retry {
                files[ticket.volume] = nil
                files[ticket.volume] = try? BlockFile(load.volumes[ticket.volume].path, writing: true)
            }
            if goesOn { sleepNanoseconds(5_000_000) }
            return false
        }
        return goesOn
    }

    /// 0 or an errno. // hot
    private func answer(_ ticket: StampedLoad.Ticket) -> Int32 {
        if let faults = load.plan.faults, let code = faults.answer(ticket.sequence) { return code }
        guard let file = files[ticket.volume] else { return LoadWorker.noDevice }
        switch ticket.kind {
        case .write:
            let stamp = Stamp(
                run: load.run, volume: UInt16(ticket.volume), sequence: ticket.sequence, offset: ticket.offset,
                length: ticket.length, precedent: ticket.precedent)
            unsafe stamp.fill(buffer.bytes)
            return unsafe file.write(
                UnsafeRawBufferPointer(rebasing: buffer.bytes[..<Int(ticket.length)]), at: ticket.offset)
        case .discard: return file.discard(ticket.offset, ticket.length)
        case .flush: return file.flush()
        case .truncate, .mappedWrite, .punchHole: preconditionFailure("a load does not do this")
        }
    }

    /// ENODEV.
    private static let noDevice: Int32 = 19
}
