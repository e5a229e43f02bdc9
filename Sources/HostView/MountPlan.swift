// A host's view of the machine as a value: which name spaces, which host name, which mounts in which order. It is made
// from the bench alone (`Bench/HostView`), carried out by `hostexec`, and pinned by golden files.
//
// As text, one line for each fact, its words separated by tabs; a tab, a line's end and a backslash inside a word are
// written `\t`, `\n` and `\\`.

package struct MountPlan: Hashable, Sendable {
    package var hostName: String
    /// Whether a user name space is needed, since the caller is not root: no device nodes, files in their place.
    package var hasOwnUsers: Bool
    package var steps: [MountStep]

    package init(hostName: String, hasOwnUsers: Bool, steps: [MountStep]) {
        self.hostName = hostName
        self.hasOwnUsers = hasOwnUsers
        self.steps = steps
    }

    package var text: String {
        var lines = [["host", hostName]]
        if hasOwnUsers { lines.append(["users"]) }
        lines += steps.map(\.words)
        return lines.map { $0.map(Self.escaped).joined(separator: "\t") + "\n" }.joined()
    }

    /// - Returns: nil if a line is no step, or the host's name is missing.
    package init?(parsing text: String) {
        var name: String?
        self.init(hostName: "", hasOwnUsers: false, steps: [])
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(Self.unescaped)
            switch (words[0], words.count) {
            case ("host", 2): name = words[1]
            case ("users", 1): hasOwnUsers = true
            default:
                guard let step = MountStep(words: words) else { return nil }
                steps.append(step)
            }
        }
        guard let name else { return nil }
        hostName = name
    }

    private static func escaped(_ word: String) -> String {
        var text = ""
        for scalar in word.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func unescaped(_ word: Substring) -> String {
        var text = ""
        var isEscape = false
        for scalar in word.unicodeScalars {
            guard isEscape || scalar != "\\" else {
                isEscape = true
                continue
            }
            switch (isEscape, scalar) {
            case (true, "t"): text += "\t"
            case (true, "n"): text += "\n"
            case (true, _), (false, _): text.unicodeScalars.append(scalar)
            }
            isEscape = false
        }
        return text
    }
}
