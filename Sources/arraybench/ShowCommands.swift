internal import ArgumentParser
internal import Bench
internal import Foundation

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show arrays, LDEVs with their devices, pairs on both sides, links and hosts.")

    @OptionGroup var state: StateOption
    @Flag(name: .long, help: "Print JSON. Its keys do not change between versions.")
    var json = false

    func run() async throws {
        try await reporting { _ in
            let status = await (try Bench.open(state.layout, changing: false)).status()
            guard json else { return print(StatusScreen.text(status), terminator: "") }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(status), as: UTF8.self))
        }
    }
}

struct Env: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the shell exports with which a host's commands run.",
        discussion: "eval \"$(arraybench env east)\" makes the shell a shell of host east.")

    @OptionGroup var state: StateOption
    @Argument(help: "The host's name.")
    var host: String

    func run() async throws {
        try await reporting { _ in
            let bench = try Bench.open(state.layout, changing: false)
            print(try bench.environment(of: host).shellExports, terminator: "")
        }
    }
}
