/// Takes a command line apart, from the left.
package struct ArgumentReader: Sendable {
    private var rest: ArraySlice<String>

    package init(_ arguments: [String]) { rest = arguments[...] }

    package mutating func next() -> String? { rest.popFirst() }

    /// The value that an option needs.
    package mutating func value(of option: String) throws(HorcmFailure) -> String {
        guard let value = rest.first, !value.isEmpty, !value.hasPrefix("-") else {
            throw HorcmFailure(.argumentMissing, "\(option) needs a value.")
        }
        rest.removeFirst()
        return value
    }

    package mutating func number<Number: FixedWidthInteger>(
        of option: String, in range: ClosedRange<Number>
    ) throws(HorcmFailure) -> Number {
        let text = try value(of: option)
        guard let number = decimal(text, as: Number.self), range.contains(number) else {
            throw HorcmFailure(
                .invalidArgument, "\(option) takes \(range.lowerBound) to \(range.upperBound), not '\(text)'.")
        }
        return number
    }

    /// A number that may follow.
    package mutating func optionalNumber<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        guard let first = rest.first, let number = decimal(first, as: Number.self) else { return nil }
        rest.removeFirst()
        return number
    }

    /// The next argument if it fits.
    package mutating func next(if fits: (String) -> Bool) -> String? {
        guard let first = rest.first, fits(first) else { return nil }
        rest.removeFirst()
        return first
    }
}

extension PairWord {
    /// The states behind `-s` or `-ss`, in whatever case; at least one.
    static func list(behind option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) -> [PairWord] {
        var words: [PairWord] = []
        while let text = arguments.next(if: { !$0.hasPrefix("-") }) {
            guard let word = PairWord(rawValue: text.uppercased()) else {
                throw HorcmFailure(.invalidArgument, "'\(text)' is no status to wait for.")
            }
            words.append(word)
        }
        guard !words.isEmpty else { throw .missing("a status behind \(option)") }
        return words
    }
}

extension HorcmFailure {
    static func unknown(_ option: String) -> HorcmFailure {
        HorcmFailure(.unknownOption, "'\(option)' is no option of this command. See -h.")
    }

    static func missing(_ what: String) -> HorcmFailure { HorcmFailure(.argumentMissing, "\(what) is needed. See -h.") }
}
