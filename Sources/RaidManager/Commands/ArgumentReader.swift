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

extension HorcmFailure {
    static func unknown(_ option: String) -> HorcmFailure {
        HorcmFailure(.unknownOption, "'\(option)' is no option of this command. See -h.")
    }

    static func missing(_ what: String) -> HorcmFailure { HorcmFailure(.argumentMissing, "\(what) is needed. See -h.") }
}
