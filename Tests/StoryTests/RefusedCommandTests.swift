// Does a command that is refused say so with one error, and change nothing on either side?

import Bench
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct RefusedCommandTests {
    /// What is asked where, and which error answers.
    struct Refused: Sendable {
        let host: String
        let line: String
        let status: Int32
        let token: String

        init(_ host: String, _ line: String, _ status: Int32, _ token: String) {
            self.host = host
            self.line = line
            self.status = status
            self.token = token
        }
    }

    enum Situation: String, CaseIterable, Sendable {
        case simplex, copying, paired, split, takenOver, swapped, half
    }

    private static func refusals(_ situation: Situation) -> [Refused] {
        switch situation {
        case .simplex:
            [
                Refused("east", "pairresync -g oradb", 222, "EX_INVVOL"),
                Refused("west", "pairresync -g oradb -swaps", 222, "EX_INVVOL"),
                Refused("east", "pairresync -g oradb -swapp", 222, "EX_INVVOL"),
                Refused("east", "pairsplit -g oradb", 222, "EX_INVVOL"),
                Refused("west", "pairsplit -g oradb -RS", 222, "EX_INVVOL"),
                Refused("west", "pairsplit -g oradb -RB", 222, "EX_INVVOL"),
                Refused("west", "horctakeover -g oradb", 223, "EX_VOLCRE"),
                Refused("east", "paircreate -g oradb -f data", 254, "EX_REQARG"),
                Refused("east", "paircreate -g oradb -vl", 254, "EX_REQARG"),
                Refused("east", "paircreate -g oradb -vl -f sometimes", 253, "EX_INVARG"),
                Refused("east", "paircreate -g nobody -vl -f data", 247, "EX_ENOENT"),
                Refused("east", "paircreate -g oradb -d dev9 -vl -f data", 247, "EX_ENOENT"),
                Refused("east", "paircreate -g oradb -vl -f data -wrong", 252, "EX_UNWOPT"),
            ]
        case .copying:
            [
                Refused("west", "pairresync -g oradb -swaps", 225, "EX_VOLCUR"),
                Refused("east", "pairresync -g oradb -swapp", 225, "EX_VOLCUR"),
                Refused("west", "pairsplit -g oradb -RS", 225, "EX_VOLCUR"),
                Refused("west", "pairsplit -g oradb -RB", 228, "EX_INVSTP"),
                Refused("east", "pairsplit -g oradb -P", 228, "EX_INVSTP"),
                Refused("west", "horctakeover -g oradb", 225, "EX_VOLCUR"),
            ]
        case .paired:
            [
                Refused("west", "pairsplit -g oradb -RB", 228, "EX_INVSTP"),
                Refused("west", "pairresync -g oradb -swaps", 228, "EX_INVSTP"),
                Refused("east", "pairresync -g oradb -swapp", 228, "EX_INVSTP"),
                Refused("east", "pairresync -g oradb -swaps", 222, "EX_INVVOL"),
                Refused("west", "pairresync -g oradb -swapp", 222, "EX_INVVOL"),
                Refused("east", "pairsplit -g oradb -RS", 222, "EX_INVVOL"),
                Refused("east", "horctakeover -g oradb -S", 222, "EX_INVVOL"),
                Refused("west", "horctakeover -g oradb -l", 222, "EX_INVVOL"),
            ]
        case .split:
            [
                Refused("east", "paircreate -g oradb -vl -f data", 228, "EX_INVSTP"),
                Refused("west", "pairsplit -g oradb -RB", 228, "EX_INVSTP"),
                Refused("west", "pairresync -g oradb -swapp", 222, "EX_INVVOL"),
                Refused("east", "pairevtwait -g oradb -s pair -t 1", 233, "EX_EWSTOT"),
            ]
        case .takenOver:
            [
                Refused("east", "pairresync -g oradb", 221, "EX_CMDRJE"),
                Refused("west", "pairresync -g oradb", 221, "EX_CMDRJE"),
                Refused("east", "paircreate -g oradb -vl -f data", 228, "EX_INVSTP"),
            ]
        case .swapped:
            [
                Refused("west", "pairresync -g oradb -swaps", 222, "EX_INVVOL"),
                Refused("east", "pairsplit -g oradb -RB", 228, "EX_INVSTP"),
                Refused("west", "pairsplit -g oradb -RS", 222, "EX_INVVOL"),
            ]
        case .half:
            [
                Refused("east", "pairresync -g oradb", 236, "EX_ENQVOL"),
                Refused("west", "horctakeover -g oradb", 236, "EX_ENQVOL"),
            ]
        }
    }

    @Test(arguments: Situation.allCases)
    func aRefusalNamesOneErrorAndChangesNothing(_ situation: Situation) async throws {
        try await StoryBench.run(StoryBench.yaml(size: situation == .copying ? "64MiB" : "8MiB")) { bench in
            try await bring(bench, to: situation)
            for refused in Self.refusals(situation) {
                let before = try await view(bench, situation)
                let result = try await bench.onHost(refused.host, refused.line)
                let after = try await view(bench, situation)
                #expect(
                    result.status == refused.status,
                    "\(situation) \(refused.host)$ \(refused.line): \(result.status) \(result.text)")
                let tokens = result.errors.matches(of: /\[(\w+)\]/).map { String($0.1) }
                #expect(tokens == [refused.token], "\(situation) \(refused.host)$ \(refused.line): \(result.errors)")
                #expect(before == after, "\(situation) \(refused.host)$ \(refused.line)")
            }
        }
    }

    private func bring(_ bench: StoryBench, to situation: Situation) async throws {
        switch situation {
        case .simplex: break
        case .copying:
            try await bench.arraybench("link shape east-west --rate 1MB/s")
            try await bench.on("east", "paircreate -g oradb -vl -f data -c 15")
        case .paired: try await bench.pair("data")
        case .split:
            try await bench.pair("data")
            try await bench.on("east", "pairsplit -g oradb")
        case .takenOver:
            try await bench.pair("data")
            try await bench.on("west", "pairsplit -g oradb -RS")
        case .swapped:
            try await bench.pair("data")
            try await bench.on("west", "horctakeover -g oradb", exits: 1)
            try await bench.awaitPair()
        case .half:
            try await bench.on("east", "paircreate -g oradb -d dev1 -vl -f data -c 15")
            try await bench.on("east", "pairevtwait -g oradb -d dev1 -s pair -t 30")
        }
    }

    /// All that can be seen of the pairs. While a copy runs its progress changes by itself, so only states count.
    private func view(_ bench: StoryBench, _ situation: Situation) async throws -> [String] {
        let volumes = try await bench.status().arrays.flatMap(\.ldevs)
        if situation == .copying {
            return try await bench.states("east") + bench.states("west")
                + volumes.map { "\($0.pair?.role ?? "") \($0.pair?.status ?? "")" }
        }
        let east = try await bench.on("east", "pairdisplay -g oradb -fc").output
        let west = try await bench.on("west", "pairdisplay -g oradb -fc").output
        return [east, west] + volumes.map { "\($0)" }
    }
}
