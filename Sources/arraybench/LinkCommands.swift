internal import ArgumentParser
internal import Bench

struct LinkVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Cut, heal or shape a link while I/O runs.",
        subcommands: [Cut.self, Heal.self, Shape.self, Hole.self])
}

/// The link and which of its directions is meant.
struct LinkTarget: ParsableArguments {
    @OptionGroup var state: StateOption
    @Argument(help: "The link's name.")
    var name: String
    @Option(
        name: .long,
        help: ArgumentHelp("Only what the first array sends to the second, such as east-west.", valueName: "from-to"))
    var direction: String?

    func impair(_ request: ImpairmentRequest) async throws {
        try await changing(state) { try await $0.impair(link: name, direction: direction, request) }
    }
}

extension LinkVerbs {
    struct Cut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reset the connection and refuse a new one until the link is healed.")
        @OptionGroup var target: LinkTarget
        func run() async throws { try await target.impair(ImpairmentRequest(passage: .cut)) }
    }

    struct Hole: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the connection stand and nothing arrive.")
        @OptionGroup var target: LinkTarget
        func run() async throws { try await target.impair(ImpairmentRequest(passage: .hole)) }
    }

    struct Heal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the link whole again, also its latency and rate.",
            discussion: "As on real arrays, no pair resynchronises by itself: use pairresync.")
        @OptionGroup var target: LinkTarget
        func run() async throws {
            try await target.impair(
                ImpairmentRequest(passage: .open, latencyMicroseconds: 0, jitterMicroseconds: 0, bytesPerSecond: 0))
        }
    }

    struct Shape: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the link latency, jitter or a bandwidth; what is not named stays.")
        @OptionGroup var target: LinkTarget
        @Option(
            name: .long, help: ArgumentHelp("One-way delay, such as 5ms; 0 for none.", valueName: "time"),
            transform: { try quantity($0, "a time", "5ms, 250us or 1s", QuantityText.microseconds) })
        var latency: UInt64?
        @Option(
            name: .long, help: ArgumentHelp("Up to this much more delay, such as 1ms.", valueName: "time"),
            transform: { try quantity($0, "a time", "5ms, 250us or 1s", QuantityText.microseconds) })
        var jitter: UInt64?
        @Option(
            name: .long,
            help: ArgumentHelp("Bandwidth, such as 100MB/s or 1Gbit/s; 'unlimited' for none.", valueName: "rate"),
            transform: { try quantity($0, "a rate", "100MB/s, 1Gbit/s or unlimited", QuantityText.bytesPerSecond) })
        var rate: UInt64?

        func validate() throws {
            guard latency != nil || jitter != nil || rate != nil else {
                throw ValidationError("say what to change: --latency, --jitter or --rate")
            }
        }

        func run() async throws {
            try await target.impair(
                ImpairmentRequest(latencyMicroseconds: latency, jitterMicroseconds: jitter, bytesPerSecond: rate))
        }
    }
}

private func quantity(_ text: String, _ what: String, _ like: String, _ read: (String) -> UInt64?) throws -> UInt64 {
    guard let value = read(text) else { throw ValidationError("'\(text)' is not \(what): write it like \(like)") }
    return value
}
