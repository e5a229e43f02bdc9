// Walking through a YAML tree so that every complaint has its line and column, and no key is passed over in silence.

internal import Yams

/// A bench file that cannot be used: `bench.yaml:12:5: what is wrong there`.
package struct BenchFileProblem: Error, Hashable, Sendable {
    package var file: String
    package var place: FilePlace?
    package var message: String
    package var remedy: String?

    package var failure: BenchFailure {
        let position = place.map { ":\($0.line):\($0.column)" } ?? ""
        return BenchFailure("\(file)\(position): \(message)", remedy: remedy)
    }
}

/// One mapping of the file, of which all keys are known.
struct FileMapping {
    let file: String
    /// What is being described, for messages: `array`, `link east-west`.
    let what: String
    let place: FilePlace?
    private let values: [String: (key: Node, value: Node)]

    init(_ node: Node, of what: String, in file: String, keys: [String]) throws(BenchFileProblem) {
        guard let mapping = node.mapping else {
            throw BenchFileProblem(
                file: file, place: node.place, message: "\(what) must be a mapping (key: value)",
                remedy: "its keys are \(keys.joined(separator: ", "))")
        }
        var values: [String: (Node, Node)] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, keys.contains(name) else {
                let name = key.scalar?.string ?? "?"
                throw BenchFileProblem(
                    file: file, place: key.place, message: "unknown key '\(name)' in \(what)",
                    remedy: Self.advice(for: name, among: keys))
            }
            values[name] = (key, value)
        }
        self.values = values
        self.file = file
        self.what = what
        place = node.place
    }

    static func advice(for word: String, among words: [String]) -> String {
        nearest(to: word, among: words).map { "did you mean '\($0)'?" } ?? "it may be \(words.joined(separator: ", "))"
    }

    func node(_ key: String) -> Node? { values[key]?.value }

    func problem(_ message: String, at key: String? = nil, remedy: String? = nil) -> BenchFileProblem {
        let place = key.flatMap { values[$0]?.value.place } ?? place
        return BenchFileProblem(file: file, place: place, message: message, remedy: remedy)
    }

    /// The scalar under `key` as written, whether quoted or not.
    func text(_ key: String) throws(BenchFileProblem) -> String? {
        guard let node = node(key) else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw problem("'\(key)' of \(what) must be a single value", at: key)
        }
        return text
    }

    func requiredText(_ key: String) throws(BenchFileProblem) -> String {
        guard let text = try text(key) else { throw problem("\(what) has no '\(key)'") }
        return text
    }

    /// A name: it becomes part of file names and of screens.
    func name(_ key: String = "name", limit: Int = 31) throws(BenchFileProblem) -> String {
        let name = try requiredText(key)
        let isUsable = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            case _: false
            }
        }
        guard isUsable, name.utf8.count <= limit, !name.hasPrefix("."), !name.hasPrefix("-") else {
            throw problem(
                "'\(name)' cannot be the \(key) of \(what)", at: key,
                remedy: "use up to \(limit) letters, digits, '-', '_' and '.', beginning with a letter or digit")
        }
        return name
    }

    /// A name that is only shown: what RAID Manager takes for a dev_group or a dev_name.
    func word(_ key: String = "name", limit: Int = 31) throws(BenchFileProblem) -> String {
        let word = try requiredText(key)
        let isUsable = word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
        guard isUsable, word.utf8.count <= limit, !word.hasPrefix("-") else {
            throw problem(
                "'\(word)' cannot be the \(key) of \(what)", at: key,
                remedy: "use up to \(limit) printable letters without blanks and '#', not beginning with '-'")
        }
        return word
    }

    /// A value read by `read` and within `range`; the default if the key is missing.
    func value<Value: Comparable>(
        _ key: String, default standard: Value, in range: ClosedRange<Value>, like example: String,
        _ read: (String) -> Value?
    ) throws(BenchFileProblem) -> Value {
        guard let text = try text(key) else { return standard }
        guard let value = read(text) else {
            throw problem(
                "'\(text)' is not a value for '\(key)' of \(what)", at: key, remedy: "write it like \(example)")
        }
        guard range.contains(value) else {
            throw problem(
                "'\(key)' of \(what) is \(text), but must lie between \(range.lowerBound) and \(range.upperBound)",
                at: key, remedy: "write it like \(example)")
        }
        return value
    }

    func flag(_ key: String) throws(BenchFileProblem) -> Bool {
        guard let text = try text(key) else { return false }
        switch text {
        case "true", "yes": return true
        case "false", "no": return false
        case _: throw problem("'\(key)' of \(what) must be true or false, not '\(text)'", at: key)
        }
    }

    func list(_ key: String) throws(BenchFileProblem) -> [Node] {
        guard let node = node(key) else { return [] }
        guard let sequence = node.sequence else { throw problem("'\(key)' of \(what) must be a list", at: key) }
        return Array(sequence)
    }

    /// Exactly two scalars: `[east, west]`.
    func pair(_ key: String) throws(BenchFileProblem) -> (String, String) {
        let words = try list(key).map { $0.scalar?.string ?? "" }
        guard words.count == 2, !words.contains("") else {
            throw problem("'\(key)' of \(what) must be a list of two", at: key, remedy: "write \(key): [one, other]")
        }
        return (words[0], words[1])
    }
}

extension Node {
    var place: FilePlace? { mark.map { FilePlace(line: $0.line, column: $0.column) } }
}

/// The word that was probably meant: at most two letters away, or begun alike.
func nearest(to word: String, among words: [String]) -> String? {
    let ranked = words.map { (distance: editDistance(word.lowercased(), $0), word: $0) }.min {
        $0.distance < $1.distance
    }
    if let ranked, ranked.distance <= max(1, min(2, word.count / 2)) { return ranked.word }
    return words.first { $0.hasPrefix(word) || word.hasPrefix($0) }
}

private func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a.utf8)
    let b = Array(b.utf8)
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let cost = diagonal + (a[i] == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(cost, diagonal + 1, row[j] + 1)
        }
    }
    return row[b.count]
}
