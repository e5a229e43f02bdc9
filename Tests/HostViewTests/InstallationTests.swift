// Does an installation take away exactly what it brought, and nothing of anybody else's?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.disabled(if: TestPrograms.areMissing, TestPrograms.reason))
struct InstallationTests {
    private func withPrefix(_ body: (String) async throws -> Void) async throws {
        let prefix = NSTemporaryDirectory() + "arraybench-prefix-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: prefix + "/usr/bin", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: prefix) }
        try "mine".write(toFile: prefix + "/usr/bin/other", atomically: true, encoding: .utf8)
        try await body(prefix)
    }

    private func entries(_ folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).sorted()
    }

    @Test func whatIsInstalledRunsAndGoes() async throws {
        try await withPrefix { prefix in
            let before = entries(prefix)
            #expect(try await Installation(prefix: prefix).install(hostFolder: nil) > 20)
            let help = try await HostCommand.run(prefix + "/usr/bin/pairdisplay", ["-h"])
            #expect(help.output.contains("pairdisplay"))
            let check = try await HostCommand.run(
                "/bin/sh", [prefix + "/usr/bin/horcmshutdown.sh", "77"],
                environment: ["ARRAYBENCH_ROOT": prefix, "PATH": "/usr/bin:/bin"])
            #expect(check.status == 1 && check.output.hasPrefix("inst 77:\n"), "\(check.text)")
            // Again, as after an update. What a command logged meanwhile is its user's: the folder around it would stay.
            try? FileManager.default.removeItem(atPath: prefix + "/HORCM/log77")
            _ = try await Installation(prefix: prefix).install(hostFolder: nil)
            #expect(try Installation(prefix: prefix).uninstall().isEmpty)
            #expect(entries(prefix) == before)
        }
    }

    @Test func aForeignFileIsNeverReplacedAndAChangedOneStays() async throws {
        try await withPrefix { prefix in
            try "theirs".write(toFile: prefix + "/usr/bin/pairdisplay", atomically: true, encoding: .utf8)
            let before = entries(prefix)
            let failure = await #expect(throws: BenchFailure.self) {
                _ = try await Installation(prefix: prefix).install(hostFolder: nil)
            }
            #expect(failure?.message.contains("/usr/bin/pairdisplay is there already") == true)
            #expect(entries(prefix) == before)
            try FileManager.default.removeItem(atPath: prefix + "/usr/bin/pairdisplay")
            _ = try await Installation(prefix: prefix).install(hostFolder: nil)
            try "changed".write(toFile: prefix + "/etc/arraybench.key", atomically: true, encoding: .utf8)
            let kept = try Installation(prefix: prefix).uninstall()
            #expect(kept.contains("\(prefix)/etc/arraybench.key: changed since"))
        }
    }
}
