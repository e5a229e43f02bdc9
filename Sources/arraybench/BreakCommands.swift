// The verbs that break and mend arrays, sites and hosts. Each is a name and one call.

internal import ArgumentParser
internal import Bench

struct ArrayVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "array", abstract: "Kill, stop or start an array.",
        subcommands: [Kill.self, Stop.self, Start.self])

    struct Kill: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "SIGKILL the array in the middle of whatever it does.")
        @OptionGroup var state: StateOption
        @Argument(help: "The array's name.") var name: String
        func run() async throws { try await changing(state) { try $0.killArray(name) } }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop the array in order. Its volumes must not be mounted.")
        @OptionGroup var state: StateOption
        @Argument(help: "The array's name.") var name: String
        func run() async throws { try await changing(state) { try await $0.stopArray(name) } }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start a stopped or killed array with its data, marks and pair states.",
            discussion: "Dead loop devices over its volumes, and what is mounted from them, are taken away first.")
        @OptionGroup var state: StateOption
        @Argument(help: "The array's name.") var name: String
        func run() async throws { try await changing(state) { try await $0.startArray(name) } }
    }
}

struct SiteVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: "Fail or repair a whole site.", subcommands: [Fail.self, Repair.self])

    struct Fail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lose the array, its link ends and its hosts' RAID Manager instances in one instant.")
        @OptionGroup var state: StateOption
        @Argument(help: "The array's name.") var name: String
        func run() async throws { try await changing(state) { try $0.failSite(name) } }
    }

    struct Repair: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Power is back: array and RAID Manager instances start; the pairs stay as they are.")
        @OptionGroup var state: StateOption
        @Argument(help: "The array's name.") var name: String
        func run() async throws { try await changing(state) { try await $0.repairSite(name) } }
    }
}

struct HostVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Start or stop a host's RAID Manager instance.",
        subcommands: [Start.self, Stop.self])

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run the host's horcmstart.sh.")
        @OptionGroup var state: StateOption
        @Argument(help: "The host's name.") var name: String
        func run() async throws { try await changing(state) { try await $0.startHost(name) } }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the host's horcmshutdown.sh; end the instance if that does not.")
        @OptionGroup var state: StateOption
        @Argument(help: "The host's name.") var name: String
        func run() async throws { try await changing(state) { try await $0.stopHost(name) } }
    }
}
