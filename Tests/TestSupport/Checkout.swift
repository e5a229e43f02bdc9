// Where things are: the checkout, the programs under test, and the golden files in `fixtures`.

internal import Foundation
package import Testing

package enum Checkout {
    /// The folder of Package.swift.
    package static let path: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// - Parameter path: from the folder of Package.swift.
    package static func path(_ path: String) -> String { "\(Self.path)/\(path)" }
}

/// The programs under test: beside the tests, or in the build folder of this checkout.
package enum TestPrograms {
    private static let folders = [
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path,
        Checkout.path(".build/release"), Checkout.path(".build/debug"),
    ]

    package static func path(_ name: String) throws -> String {
        for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
            return "\(folder)/\(name)"
        }
        throw TestProblem("\(name) is not built; run 'make build' first")
    }

    private static let all = ["arraybench", "arrayd", "horcmd", "hostexec", "raidmanager"]

    /// Whether one is not beside the tests, where a bench that a test starts looks for it.
    package static let areMissing =
        !Machine.isUnderCI
        && all.contains { !FileManager.default.isExecutableFile(atPath: "\(folders[0])/\($0)") }
    package static let reason: Comment = "needs the programs beside the tests"
}

/// Committed texts that a test makes again. UPDATE_GOLDEN=1 writes them anew: the difference is read in review.
package enum GoldenFile {
    package static let isRewritten = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil

    /// What is committed; first written anew if that is asked for. Nil if there is no such file.
    /// - Parameters:
    ///   - path: from the folder of Package.swift.
    ///   - text: what the test made.
    package static func text(_ path: String, rewrittenAs text: String) -> String? {
        let file = URL(fileURLWithPath: Checkout.path(path))
        if isRewritten {
            // What cannot be written is seen by its difference.
            try? FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? text.write(to: file, atomically: true, encoding: .utf8)
        }
        return try? String(contentsOf: file, encoding: .utf8)
    }
}
