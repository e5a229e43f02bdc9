// The users of an array, as the bench file names them.

internal import Yams

extension BenchFileReader {
    /// - Source: Hitachi's administrator guides, "User name and password for logging in to CCI": lengths and symbols.
    func user(_ node: Node) throws(BenchFileProblem) -> UserConfiguration {
        let map = try FileMapping(node, of: "a user", in: file, keys: ["name", "password"])
        return UserConfiguration(
            name: try word("name", map, 1...63, symbols: "-.@_/"),
            password: try word("password", map, 6...63, symbols: ",-.@_:/"))
    }

    private func word(
        _ key: String, _ map: FileMapping, _ lengths: ClosedRange<Int>, symbols: String
    ) throws(BenchFileProblem) -> String {
        let text = try map.requiredText(key)
        let isUsable = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || symbols.contains($0)) }
        guard isUsable, lengths.contains(text.utf8.count) else {
            throw map.problem(
                "'\(text)' cannot be the \(key) of a user", at: key,
                remedy: "use \(lengths.lowerBound) to \(lengths.upperBound) letters, digits and \(symbols)")
        }
        return text
    }
}
