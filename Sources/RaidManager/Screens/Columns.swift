// Text in columns: what printf's %5s and %-5s do. A value that is too long pushes its line to the right, as there.

extension String {
    /// `%-<width>s`
    func left(_ width: Int) -> String {
        let count = utf8.count
        return count >= width ? self : self + String(repeating: " ", count: width - count)
    }

    /// `%<width>s`
    func right(_ width: Int) -> String {
        let count = utf8.count
        return count >= width ? self : String(repeating: " ", count: width - count) + self
    }
}

extension FixedWidthInteger {
    /// `%<width>d`
    func right(_ width: Int) -> String { String(self).right(width) }
}

/// Upper-case hexadecimal with leading zeros.
func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return text.utf8.count >= digits ? text : String(repeating: "0", count: digits - text.utf8.count) + text
}

/// An unsigned decimal number and nothing else; no sign, no blank.
func decimal<Number: FixedWidthInteger>(_ text: some StringProtocol, as type: Number.Type = Number.self) -> Number? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Number(text)
}
