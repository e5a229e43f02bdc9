internal import ArgumentParser
internal import Bench

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "demo", abstract: "The whole story.")
    func run() async throws {}
}
