// What the subcommands share.

internal import ArgumentParser
internal import Foundation
internal import Simulator

extension Profile: ExpressibleByArgument {}
extension Sabotage: ExpressibleByArgument {}

/// A half-open range of seeds, `A..<B`.
struct SeedRange: ExpressibleByArgument {
    var range: Range<UInt64>
    init?(argument: String) {
        let ends = argument.components(separatedBy: "..<")
        guard ends.count == 2, let first = UInt64(ends[0]), let end = UInt64(ends[1]), first < end else { return nil }
        range = first..<end
    }
    var text: String { "\(range.lowerBound)..<\(range.upperBound)" }
}

struct HistoryOptions: ParsableArguments {
    @Option(help: "What the histories are made of.")
    var profile = Profile.swarm
    @Option(help: "Plant a bug.")
    var sabotage: Sabotage?

    /// The options as they are given again.
    var text: String {
        (profile == .swarm ? "" : " --profile \(profile.rawValue)")
            + (sabotage.map { " --sabotage \($0.rawValue)" } ?? "")
    }
    func history(_ seed: UInt64) -> History { History(seed: seed, profile: profile, sabotage: sabotage) }
}

struct JSONOption: ParsableArguments {
    @Flag(help: "Print the result as JSON.") var json = false
}

struct ViolationReport: Encodable {
    var rule: String
    var text: String
    init(_ violation: Violation) {
        rule = violation.rule.rawValue
        text = violation.text
    }
}

func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A line that is written over and over, if the error output is a terminal.
struct Progress {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var last = ContinuousClock.now

    mutating func show(_ text: @autoclosure () -> String) {
        guard isTerminal, ContinuousClock.now - last > .milliseconds(200) else { return }
        last = .now
        write("\r\u{1B}[2K" + text())
    }
    func clear() { if isTerminal { write("\r\u{1B}[2K") } }
    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// What this process has used of the processors so far.
func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

func oneDecimal(_ value: Double) -> String { String(format: "%.1f", value) }
