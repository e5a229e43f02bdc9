// Everything is mended, and the pairs must come home: PAIR on both sides, and both copies equal byte by byte.

internal import Bench
internal import CommandDevice
internal import Foundation
internal import ReplicationCore
internal import Simulator

extension RunBench {
    /// How long the way home may take before the run is called stuck.
    static let homecomingSeconds = 30.0
    /// How long of that an operator tries with RAID Manager alone.
    private static let raidManagerSeconds = 5.0

    /// Starts what is down and heals the link.
    func mendAll() async throws {
        let failed = try Bench.open(layout, changing: false).record.failedSites
        for site in failed { try await change { try await $0.repairSite(site) } }
        for side in Side.allCases { try await start(side) }
        try await heal()
    }

    /// - Returns: the side that holds the primaries.
    /// - Throws: in which states the pairs are stuck.
    @discardableResult
    func bringHome(_ plan: RealHistory, by first: Messenger = .device, _ log: RunLog? = nil) async throws -> Side {
        let deadline = Date().addingTimeInterval(Self.homecomingSeconds)
        let patience = Date().addingTimeInterval(Self.raidManagerSeconds)
        var answers: [CommandAnswer] = []
        var messenger = first
        while true {
            try Interruption.check()
            if let side = try await home() { return side }
            guard Date() < deadline else {
                let states = try await describePairs()
                throw RunProblem(
                    .noWayHome,
                    "the pairs do not come together within \(Int(Self.homecomingSeconds)) s: \(states); "
                        + "last answers: \(answers.suffix(4).joined(separator: ", "))")
            }
            if messenger == .raidManager, Date() > patience {
                messenger = .device
                log?.say(
                    "RAID Manager finds no way home, requests through the command device are tried: "
                        + "\(try await describePairs()); last answer: \(answers.last ?? "none")")
            }
            let answer = try await stepTogether(by: messenger, plan)
            if answers.last != answer { answers.append(answer) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The primary's side if every volume is paired on both sides.
    private func home() async throws -> Side? {
        guard let near = try await pairs(.a), let far = try await pairs(.b) else { return nil }
        var sides: Set<Side> = []
        for (one, other) in zip(near, far) {
            guard let one, let other, one.group == other.group, one.role != other.role, one.status == .paired,
                other.status == .paired
            else { return nil }
            sides.insert(one.role == .primary ? .a : .b)
        }
        guard sides.count == 1 else {
            // Two separate pairs with crossed roles are at home as well, but an application wants one host.
            let crossed = far.firstIndex { $0?.role == .primary }!
            _ = try await ask(.a, .swap([Self.ldev(crossed)], copyPace: 15))
            return nil
        }
        return sides.first
    }

    func describePairs() async throws -> String {
        var parts: [String] = []
        for side in Side.allCases {
            let pairs = try await pairs(side)
            let states = pairs.map { pairs in
                pairs.map { pair in
                    pair.map {
                        "\(PairReport($0).role) \(PairReport.word($0.status))\($0.isUsable ? "" : " unusable")"
                            + "\($0.isLinkUp ? "" : " link down")"
                    } ?? "no pair"
                }.joined(separator: " | ")
            }
            parts.append("\(side.name) \(states ?? "does not answer")")
        }
        return parts.joined(separator: ", ")
    }

    /// - Throws: where the copies differ, or that they still do after the stream has run dry.
    func expectEqualCopies(_ when: String) async throws {
        for volume in Self.ldevs.indices {
            var difference: Int?
            // Asynchronous: PAIR says that the far side follows, not that it has arrived.
            for _ in 0..<200 {
                let (near, far) = (try await contents(.a, volume), try await contents(.b, volume))
                difference = near == far ? nil : zip(near, far).enumerated().first { $1.0 != $1.1 }?.offset ?? -1
                if difference == nil { break }
                try Interruption.check()
                try await Task.sleep(for: .milliseconds(10))
            }
            guard let difference else { continue }
            throw RunProblem(
                .copiesDiffer,
                "\(when) the pairs are in PAIR, and the copies of \(Self.ldevs[volume]) differ at byte "
                    + "\(difference) (\(try await describePairs()))")
        }
    }
}
