// The drawn history, step by step: first under background writes that nobody remembers, with changes of roles; then, at
// the other end of the run, under the application.

internal import Bench
internal import Foundation
internal import Simulator

extension CampaignRun {
    /// Everything that happens to the pairs before the application comes, and the first way home.
    mutating func playPrologue() async throws {
        log.say("the pairs are made: \(try await bench.stepTogether(by: .device, history))")
        if history.seed % 10 < 7 { try await bench.bringHome(history) }
        let paths = Side.allCases.flatMap { side in [0, 1].map { bench.device(side, $0) } }
        let scribblers = Scribblers(paths, volumeBytes: plan.workload.volumeBytes, seed: plan.seed)
        do {
            for step in history.prologue { try await play(step, RunBench.names) }
            try await bench.mendAll()
            log.say("everything is mended")
            _ = await onThread("end scribblers", seconds: RunBench.patienceSeconds) { scribblers.stop() }
        } catch {
            _ = await onThread("end scribblers", seconds: 10) { scribblers.stop() }
            throw error
        }
        primary = try await bench.bringHome(history, by: history.takeover, log)
        try await bench.expectEqualCopies("after the history")
        log.say("home: \(primary.name) holds the primaries, the copies are equal")
    }

    /// - Parameter names: what the history's two sides are called: arrays, or primary and secondary.
    mutating func play(_ step: RealHistory.Step, _ names: (String, String)) async throws {
        try Interruption.check()
        try await Task.sleep(for: .milliseconds(step.delayMilliseconds))
        let answer = try await perform(step.act)
        log.say(step.act.told(names) + (answer.isEmpty ? "" : " -> \(answer)"))
    }

    private mutating func perform(_ act: RealAct) async throws -> CommandAnswer {
        switch act {
        case .ask(let side, let command, let messenger):
            result.commands += 1
            note(command)
            return try await bench.perform(command, at: side, by: messenger, history)
        case .bringTogether(let messenger):
            result.commands += 1
            return try await bench.stepTogether(by: messenger, history)
        case .changeRoles(let takesOver, let messenger):
            result.commands += 1
            return try await bench.changeRoles(takesOver: takesOver, by: messenger, history)
        case .kill(let side):
            result.kills += 1
            try await bench.kill(side)
        case .killBoth:
            result.kills += 2
            for side in Side.allCases { try await bench.kill(side) }
        case .start(let side): try await bench.start(side)
        case .cut:
            result.cuts += 1
            try await bench.impair(from: nil, ImpairmentRequest(passage: .cut))
        case .blackHole(let side):
            result.cuts += 1
            try await bench.impair(from: side.other, ImpairmentRequest(passage: .hole))
        case .heal: try await bench.heal()
        case .shape(let side, let latency, let rate):
            try await bench.impair(
                from: side,
                ImpairmentRequest(
                    latencyMicroseconds: UInt64(latency) * 1000, bytesPerSecond: UInt64(rate) * 1000))
        case .wait: break
        }
        return ""
    }

    /// After these the fence keeps nothing any more.
    private mutating func note(_ command: Command) {
        switch command {
        case .split, .lowerFence: isReleased = true
        case .resynchronise(_, let fence): if fence != nil { isReleased = true }
        case .create, .join, .swap, .takeOver, .rollBack, .delete: break
        }
    }
}

extension RealAct {
    /// A drawn tail speaks of the working side as `a`; here it gets the array's own name.
    func turned(to primary: Side) -> RealAct {
        func turn(_ side: Side) -> Side { primary == .a ? side : side.other }
        switch self {
        case .ask(let side, let command, let messenger): return .ask(turn(side), command, messenger)
        case .kill(let side): return .kill(turn(side))
        case .start(let side): return .start(turn(side))
        case .blackHole(let side): return .blackHole(turn(side))
        case .shape(let side, let latency, let rate):
            return .shape(turn(side), latencyMilliseconds: latency, kilobytesPerSecond: rate)
        case .bringTogether, .changeRoles, .killBoth, .cut, .heal, .wait: return self
        }
    }
}
