internal import ArgumentParser
internal import Bench

struct Attach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a loop device with direct I/O over a volume and print its name.",
        discussion: "A secondary can be attached before a takeover: it becomes writable without being attached again.")

    @OptionGroup var state: StateOption
    @Argument(help: "The array's name.")
    var array: String
    @Argument(help: "The LDEV, such as 00:10.")
    var ldev: String

    func run() async throws {
        try await changing(state) { print(try await $0.attach(array: array, ldev: ldev)) }
    }
}

struct Detach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a volume's loop device away.",
        discussion: "Also after the array died; the file systems on a dead device are then unmounted.")

    @OptionGroup var state: StateOption
    @Argument(help: "The array's name.")
    var array: String
    @Argument(help: "The LDEV, such as 00:10.")
    var ldev: String

    func run() async throws {
        try await changing(state) { _ = try await $0.detach(array: array, ldev: ldev) }
    }
}
