// The application works, things go wrong under it, its site ends, and the other side takes over.

internal import Bench
internal import CommandDevice
internal import Foundation
internal import ReplicationCore
internal import Simulator

extension CampaignRun {
    mutating func playDisaster() async throws {
        let modes = try await bench.pairs(primary)?.compactMap { $0?.mode } ?? []
        isReleased = modes.contains { $0 != .synchronous(.data) }
        workload = try await plan.workload.make(
            WorkloadStage(
                bench: bench, folder: folder + "/host", seed: plan.seed, sharesOrder: history.sharesOrder,
                mayRefuseWrites: modes.contains { $0 == .synchronous(.data) || $0 == .synchronous(.status) }))
        try await workload?.begin(on: primary)
        log.say("\(plan.workload.rawValue) works on \(primary.name)")
        for step in history.tail {
            var step = step
            step.act = step.act.turned(to: primary)
            try await play(step, RunBench.names)
        }
        try await Task.sleep(for: .milliseconds(history.workMilliseconds * plan.workload.workFactor))
        try await end()
        try await takeOver()
    }

    /// The primary's site ends as it was drawn.
    private mutating func end() async throws {
        log.say("the end: \(history.ending.told)")
        let far = primary.other
        switch history.ending {
        case .killPrimary:
            result.kills += 1
            try await bench.kill(primary)
        case .failSite:
            result.kills += 1
            let name = primary.name
            try await bench.change { try $0.failSite(name) }
        case .cutThenKill:
            result.cuts += 1
            try await bench.impair(from: nil, ImpairmentRequest(passage: .cut))
            try await pause()
            result.kills += 1
            try await bench.kill(primary)
        case .holeThenKill:
            result.cuts += 1
            try await bench.impair(from: primary, ImpairmentRequest(passage: .hole))
            try await pause()
            result.kills += 1
            try await bench.kill(primary)
        case .cut:
            result.cuts += 1
            try await bench.impair(from: nil, ImpairmentRequest(passage: .cut))
            try await pause()
            // The application lives until the other side has taken over.
            return
        case .killBoth:
            result.kills += 2
            for side in [primary, far] { try await bench.kill(side) }
        case .orderly:
            // An operator who plans a move sees to it that there is nothing left to copy.
            try await bench.start(far)
            try await bench.heal()
            try await workload?.end(inOrder: true)
            log.say("\(plan.workload.rawValue) ended in order")
            try await bench.bringHome(history)
            return
        }
        try await workload?.end(inOrder: false)
        log.say("\(plan.workload.rawValue) is gone with its host")
    }

    private func pause() async throws { try await Task.sleep(for: .milliseconds(history.endingMilliseconds)) }

    private mutating func takeOver() async throws {
        let far = primary.other
        try await bench.start(far)
        let command: Command = history.ending == .orderly && history.takeover == .device ? .swap : .takeOver
        for _ in 0..<50 {
            result.takeover = try await bench.perform(command, at: far, by: history.takeover, history)
            result.commands += 1
            result.isTakenOver = try await isWritable(far)
            // A copy that runs, a link that is being noticed: an operator tries again.
            if result.isTakenOver || !result.takeover.contains("busy") { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        log.say("\(history.takeover.told): takeover at \(far.name) -> \(result.takeover)")
        if history.ending == .cut {
            try await workload?.end(inOrder: false)
            log.say("\(plan.workload.rawValue) is gone with its host")
        }
        log.say("after the takeover: \(try await bench.describePairs())")
    }

    private func isWritable(_ side: Side) async throws -> Bool {
        guard let pairs = try await bench.pairs(side) else { return false }
        return pairs.allSatisfy { $0 == nil || $0?.access == .readWrite }
    }
}
