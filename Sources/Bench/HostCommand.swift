// Runs a program to its end and keeps what it said.

internal import Foundation
internal import Subprocess
internal import SystemPackage

package struct CommandResult: Hashable, Sendable {
    /// Exit status, or 128 and the signal's number.
    package var status: Int32
    package var output: String
    package var errors: String
    /// Both, in the order output, errors; for messages and screens.
    package var text: String { output + errors }
}

package enum HostCommand {
    /// - Parameter environment: the whole environment; nil inherits this process's.
    /// - Throws: if the program cannot be started. A failing program is a result, not an error.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil
    ) async throws(BenchFailure) -> CommandResult {
        do {
            let path = environment?["PATH"] ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
            let result = try await Subprocess.run(
                .path(FilePath(resolve(program, path: path))), arguments: Arguments(arguments),
                environment: environment.map(surroundings) ?? .inherit,
                output: .string(limit: 4 << 20), error: .string(limit: 4 << 20))
            let status: Int32 =
                switch result.terminationStatus {
                case .exited(let code): code
                case .signaled(let signal): 128 + signal
                }
            return CommandResult(
                status: status, output: result.standardOutput, errors: result.standardError)
        } catch {
            throw BenchFailure("cannot run \(program): \(error)")
        }
    }

    private static func surroundings(_ settings: [String: String]) -> Environment {
        var values: [Environment.Key: String] = [:]
        for (name, value) in settings {
            if let key = Environment.Key(rawValue: name) { values[key] = value }
        }
        return .custom(values)
    }

    /// The first executable of that name on `path`; a name with a slash is taken as it is.
    private static func resolve(_ program: String, path: String) -> String {
        if program.contains("/") { return program }
        let candidates = path.split(separator: ":").map { "\($0)/\(program)" }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? program
    }
}
