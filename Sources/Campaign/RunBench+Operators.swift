// Operators at the arrays: a command as a request through the command device or as a RAID Manager command line, and the
// wise operator who brings pairs together. A refusal is an answer like any other; only an array that hangs is a failure.

internal import Bench
internal import CommandDevice
internal import Foundation
internal import ReplicationCore
internal import Simulator

/// What a command came to, in words.
typealias CommandAnswer = String

extension RunBench {
    // MARK: One command

    /// - Parameter atPrimary: RAID Manager's swap has two forms, one for each side.
    func perform(
        _ command: Command, at side: Side, by messenger: Messenger, _ plan: RealHistory, atPrimary: Bool = false
    ) async throws -> CommandAnswer {
        switch messenger {
        case .device:
            return try await ask(side, Self.request(command, at: side, plan)).answer
        case .raidManager:
            guard let words = Self.words(command, at: side, plan, atPrimary) else {
                return "RAID Manager has no such command"
            }
            let result = try await run(side, words)
            guard result.status < 124 || result.status > 137 || result.status == 128 else {
                throw BenchFailure("'\(words.joined(separator: " "))' on host \(side.name) did not end within 40 s")
            }
            let last = result.text.split(separator: "\n").last.map { ": \($0)" } ?? ""
            return "'\(words.joined(separator: " "))' on \(side.name) ended with \(result.status)\(last)"
        }
    }

    private static func request(_ command: Command, at side: Side, _ plan: RealHistory) -> ArrayRequest {
        switch command {
        case .create(let copies): return creation(at: side, plan, volumes: [0, 1], copies: copies)
        case .join(let pairs, let copies):
            return creation(at: side, plan, volumes: [0, 1].filter(pairs.contains), copies: copies)
        case .split(let pairs, let writable, let protects):
            return .split(
                ldevs(pairs), protects ? .primaryWriteProtected : writable ? .secondaryWritable : .secondaryReadOnly)
        case .resynchronise(let pairs, let fence): return .resynchronise(ldevs(pairs), copyPace: 15, fence: fence)
        case .swap: return .swap(ldevs(.all(2)), copyPace: 15)
        case .takeOver: return .takeOver(ldevs(.all(2)), timeoutSeconds: 5)
        case .rollBack: return .rollBackTakeover(ldevs(.all(2)))
        case .lowerFence(let pairs): return .lowerFence(ldevs(pairs))
        case .delete(let pairs, let localOnly): return .delete(ldevs(pairs), localOnly: localOnly)
        }
    }

    static func creation(at side: Side, _ plan: RealHistory, volumes: [Int], copies: Bool = true) -> ArrayRequest {
        .create(
            CreationOrder(
                pairings: volumes.map { VolumePairing(local: ldev($0), remote: ldev($0)) },
                remoteSerial: serial(side.other), mode: plan.mode,
                grouping: plan.sharesOrder ? .consistencyGroup(nil) : .separate, copyPace: 15, copiesData: copies,
                journals: plan.hasJournals ? JournalNumbers(local: journal(side), remote: journal(side.other)) : nil))
    }

    private static func ldevs(_ pairs: PairSet) -> [LDEVNumber] { [0, 1].filter(pairs.contains).map(ldev) }

    private static func words(
        _ command: Command, at side: Side, _ plan: RealHistory, _ atPrimary: Bool
    ) -> [String]? {
        func target(_ pairs: PairSet) -> [String] {
            ["-g", group] + (pairs == .all(2) ? [] : ["-d", pairs.contains(0) ? "dev1" : "dev2"])
        }
        switch command {
        case .create, .join:
            let journals = ["-jp", "\(journal(side))", "-js", "\(journal(side.other))"]
            return ["paircreate", "-g", group, "-vl", "-f", plan.mode.word, "-c", "15"]
                + (plan.hasJournals ? journals : [])
        case .split(let pairs, let writable, let protects):
            return ["pairsplit"] + target(pairs) + [protects ? "-p" : writable ? "-rw" : "-r"]
        case .resynchronise(let pairs, _): return ["pairresync"] + target(pairs) + ["-c", "15"]
        case .swap: return ["pairresync", "-g", group, atPrimary ? "-swapp" : "-swaps", "-c", "15"]
        case .takeOver: return ["horctakeover", "-g", group, "-t", "5"]
        case .rollBack: return nil
        case .lowerFence(let pairs): return ["horctakeover"] + target(pairs) + ["-l", "-t", "5"]
        case .delete(let pairs, let localOnly): return ["pairsplit"] + target(pairs) + [localOnly ? "-R" : "-S"]
        }
    }

    // MARK: Intentions

    /// Asked of the side whose first pair is a secondary; of west if nobody knows.
    func changeRoles(
        takesOver: Bool, by messenger: Messenger, _ plan: RealHistory
    ) async throws -> CommandAnswer {
        let side = try await secondarySide() ?? .b
        if !takesOver, messenger == .raidManager, plan.seed % 2 == 1 {
            return try await perform(.swap, at: side.other, by: messenger, plan, atPrimary: true)
        }
        return try await perform(takesOver ? .takeOver : .swap, at: side, by: messenger, plan)
    }

    func secondarySide() async throws -> Side? {
        for side in Side.allCases {
            if let pair = try await pairs(side)?.lazy.compactMap({ $0 }).first {
                return pair.role == .secondary ? side : side.other
            }
        }
        return nil
    }

    /// One step towards pairs that are equal, as an operator would take it who looks at both arrays.
    func stepTogether(by messenger: Messenger, _ plan: RealHistory) async throws -> CommandAnswer {
        guard let near = try await pairs(.a), let far = try await pairs(.b) else { return "an array does not answer" }
        if plan.sharesOrder {
            if Self.isOneGroup(near, far) {
                guard let (side, command) = Self.wholeGroup(near, far) else { return "nothing to do" }
                return try await perform(command, at: side, by: messenger, plan)
            }
            if (near + far).allSatisfy({ $0 == nil }) {
                return try await ask(.a, Self.creation(at: .a, plan, volumes: [0, 1])).answer
            }
            return try await deleteAll(near, far)
        }
        var answers: [CommandAnswer] = []
        for volume in Self.ldevs.indices {
            guard let (side, request) = Self.nextRequest(volume, near[volume], far[volume], plan) else { continue }
            answers.append(try await ask(side, request).answer)
        }
        return answers.isEmpty ? "nothing to do" : answers.joined(separator: ", ")
    }

    /// Volumes of which only some are paired, or not with each other, have lost their order: it is made anew.
    private static func isOneGroup(_ near: [PairSnapshot?], _ far: [PairSnapshot?]) -> Bool {
        let groups = Set((near + far).map { $0?.group })
        return groups.count == 1 && groups.first != .some(nil)
    }

    private func deleteAll(_ near: [PairSnapshot?], _ far: [PairSnapshot?]) async throws -> CommandAnswer {
        var answers: [CommandAnswer] = []
        for (side, pairs) in [(Side.a, near), (Side.b, far)] {
            for (volume, pair) in pairs.enumerated() where pair != nil {
                answers.append(try await ask(side, .delete([Self.ldev(volume)], localOnly: true)).answer)
            }
        }
        return "deleted: " + answers.joined(separator: ", ")
    }

    private static func wholeGroup(_ near: [PairSnapshot?], _ far: [PairSnapshot?]) -> (Side, Command)? {
        guard let one = near[0], let other = far[0] else { return nil }
        switch (one.role, other.role) {
        case (.primary, .primary): return nil
        case (.secondary, .secondary): return (near.allSatisfy { $0?.isUsable == true } ? .a : .b, .swap)
        case (.primary, .secondary): return next(.a, near, far)
        case (.secondary, .primary): return next(.b, far, near)
        }
    }

    private static func next(_ primary: Side, _ near: [PairSnapshot?], _ far: [PairSnapshot?]) -> (Side, Command)? {
        if far.contains(where: { $0?.status == .takenOver }) { return (primary.other, .swap) }
        if near.allSatisfy({ $0?.status.isReplicating == true }) { return nil }
        return (primary, .resynchronise(pairs: .all(2), fence: nil))
    }

    private static func nextRequest(
        _ volume: Int, _ near: PairSnapshot?, _ far: PairSnapshot?, _ plan: RealHistory
    ) -> (Side, ArrayRequest)? {
        let volumes = [ldev(volume)]
        guard let near, let far else {
            if near == nil, far == nil { return (.a, creation(at: .a, plan, volumes: [volume])) }
            let (side, pair) = near.map { (Side.a, $0) } ?? (Side.b, far!)
            return (side, .delete(volumes, localOnly: pair.role == .secondary))
        }
        if near.group != far.group { return (.b, .delete(volumes, localOnly: true)) }
        switch (near.role, far.role) {
        case (.primary, .primary): return (.b, .delete(volumes, localOnly: true))
        case (.secondary, .secondary): return (near.isUsable ? .a : .b, .swap(volumes, copyPace: 15))
        case (.primary, .secondary): return resynchronisation(.a, volumes, near, far)
        case (.secondary, .primary): return resynchronisation(.b, volumes, far, near)
        }
    }

    private static func resynchronisation(
        _ primary: Side, _ volumes: [LDEVNumber], _ near: PairSnapshot, _ far: PairSnapshot
    ) -> (Side, ArrayRequest)? {
        if far.status == .takenOver { return (primary.other, .swap(volumes, copyPace: 15)) }
        if near.status.isReplicating { return nil }
        return (primary, .resynchronise(volumes, copyPace: 15, fence: nil))
    }
}

extension Result<ArrayReply, NoReply> {
    var answer: CommandAnswer {
        switch self {
        case .success(.done): "done"
        case .success(.refused(let refusal, let ldev)): "refused: \(refusal)\(ldev.map { " (\($0))" } ?? "")"
        case .success(let reply): "\(reply)"
        case .failure(let failure): failure.description
        }
    }
    var isDone: Bool {
        if case .success(.done) = self { return true }
        return false
    }
}
