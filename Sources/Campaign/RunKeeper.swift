// What stays of a run that failed: everything that is needed to look at it, in a folder of its own.
//
//   DIR/run-<seed>-<workload>/
//     problem.txt    why it failed, and the command that plays it again
//     history.txt    what was done and answered, with times       history.json  the same as data, with the drawn steps
//     result.json    verdicts, truths, the application's finding   bench/        arrays (logs, NVRAM, volumes), hosts
//     host/          the application's notes and logs              status.json   the bench at the moment of the failure

internal import Bench
internal import Foundation
internal import Simulator

package struct RunKeeper: Sendable {
    let directory: String

    package init(directory: String) { self.directory = BenchLayout(root: directory).root }

    func folder(of plan: RunPlan) -> String { "\(directory)/run-\(plan.seed)-\(plan.workload.rawValue)" }

    /// Stops the bench as it is and copies everything. What cannot be kept is said in `problem.txt`, not thrown.
    /// - Returns: the folder.
    func keep(_ plan: RunPlan, _ result: RunResult, _ log: RunLog, from run: String, _ bench: RunBench) async -> String
    {
        let place = folder(of: plan)
        try? FileManager.default.removeItem(atPath: place)
        try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        var troubles: [String] = []
        if let open = try? Bench.open(bench.layout, changing: false) {
            write(await open.status(), to: place + "/status.json")
        }
        do {
            _ = try await Bench.down(bench.layout, keeping: true)
        } catch {
            troubles.append("the bench could not be stopped in order: \(error)")
        }
        for (part, name) in [("b", "bench"), ("host", "host"), ("evidence.json", "evidence.json")]
        where FileManager.default.fileExists(atPath: "\(run)/\(part)") {
            let copy = try? await HostCommand.run(
                "cp", ["-a", "--sparse=always", "--one-file-system", "\(run)/\(part)", "\(place)/\(name)"])
            if copy?.status != 0 { troubles.append("\(part) was not copied: \(copy?.text ?? "")") }
        }
        write(result, to: place + "/result.json")
        write(KeptHistory(plan, log), to: place + "/history.json")
        let text = """
            \(result.problem.map(String.init(describing:)) ?? "it failed")

            The same run again (the history is the same; processes have their own timing):
              \(plan.repetition)
            The arrays as they were left:
              arraybench up --state \(place)/bench
            \(troubles.map { "note: \($0)\n" }.joined())
            """
        try? text.write(toFile: place + "/problem.txt", atomically: true, encoding: .utf8)
        try? (log.lines.joined(separator: "\n") + "\n").write(
            toFile: place + "/history.txt", atomically: true, encoding: .utf8)
        return place
    }

    private func write(_ value: some Encodable, to path: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try? encoder.encode(value).write(to: URL(fileURLWithPath: path))
    }
}

/// A history as data: what was drawn, and what was done.
struct KeptHistory: Codable {
    struct Step: Codable {
        var afterMilliseconds: Int
        var what: String
    }
    var seed: UInt64
    var generation = RealHistory.generation
    var mode: String
    var sharesOrder: Bool
    var hasJournals: Bool
    var prologue: [Step]
    var tail: [Step]
    var ending: String
    var takeover: String
    var repetition: String
    var timeline: [String]

    init(_ plan: RunPlan, _ log: RunLog) {
        let history = plan.history
        seed = plan.seed
        mode = history.mode.word
        sharesOrder = history.sharesOrder
        hasJournals = history.hasJournals
        prologue = history.prologue.map {
            Step(afterMilliseconds: $0.delayMilliseconds, what: $0.act.told(RunBench.names))
        }
        tail = history.tail.map {
            Step(afterMilliseconds: $0.delayMilliseconds, what: $0.act.told(("the primary", "the secondary")))
        }
        ending = history.ending.rawValue
        takeover = history.takeover.rawValue
        repetition = plan.repetition
        timeline = log.lines
    }
}
