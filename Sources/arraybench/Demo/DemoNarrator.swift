// How the demo speaks: numbered steps, the commands as a host would type them, their screens.

internal import Bench
internal import Foundation

/// One thing that the verdict rests on.
struct DemoCheck: Sendable {
    var text: String
    var holds: Bool
}

struct DemoNarrator {
    private var step = 0
    private(set) var checks: [DemoCheck] = []
    private var began = Date()

    func title(_ text: String) { tell("\n==== \(text)") }

    /// A step and why it is taken.
    mutating func step(_ title: String, _ explanation: String) {
        step += 1
        began = Date()
        tell("\n== \(step). \(title)")
        for line in explanation.split(separator: "\n") { tell("   \(line)") }
    }

    func command(_ host: String, _ words: [String]) {
        tell("   \(host)$ \(words.map(shellQuoted).joined(separator: " "))")
    }

    func screen(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) { tell("   | \(line)") }
    }

    func say(_ text: String) { tell("   \(text)") }

    /// Says how long the step has taken so far.
    func took(_ what: String) {
        tell("   \(what) (\(Int(Date().timeIntervalSince(began) * 1000)) ms)")
    }

    mutating func check(_ text: String, _ holds: Bool) {
        tell("   \(holds ? "ok:" : "BAD:") \(text)")
        checks.append(DemoCheck(text: text, holds: holds))
    }
}
