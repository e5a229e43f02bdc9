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
    /// - Throws: if the program cannot be started, or was ended because of Ctrl-C. A failing program is a result.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil
    ) async throws(BenchFailure) -> CommandResult {
        let path = environment?["PATH"] ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
        let file = resolve(program, path: path)
        do {
            return try await withThrowingTaskGroup(of: CommandResult?.self) { group in
                group.addTask { try await finish(file, arguments, environment) }
                group.addTask {
                    while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(20)) }
                    return nil
                }
                let first = try await group.next() ?? nil
                group.cancelAll()
                guard let first else { throw BenchFailure("interrupted") }
                return first
            }
        } catch let failure as BenchFailure {
            throw failure
        } catch {
            throw BenchFailure("cannot run \(program): \(error)")
        }
    }

    private static func finish(
        _ file: String, _ arguments: [String], _ environment: [String: String]?
    ) async throws -> CommandResult {
        let result = try await Subprocess.run(
            .path(FilePath(file)), arguments: Arguments(arguments),
            environment: environment.map(surroundings) ?? .inherit,
            output: .string(limit: 64 << 20), error: .string(limit: 4 << 20))
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return CommandResult(status: status, output: result.standardOutput, errors: result.standardError)
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
