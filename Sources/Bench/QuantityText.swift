// Sizes, rates, times and factors as people write them. One place, used by the bench file and by the command's options.
//
// Units: K, M, G, T, P, E and KiB … EiB are powers of 1024 (as for `lvcreate` and `truncate`), KB … EB powers of 1000;
// bit rates are powers of 1000. Upper and lower case are the same.

package enum QuantityText {
    /// Bytes: `512`, `64K`, `1GiB`, `1.5GB`.
    package static func bytes(_ text: String) -> UInt64? {
        let (number, unit) = split(text)
        return byteUnits[unit].flatMap { scale(number, by: $0) }
    }

    /// Bytes per second: `100MB/s`, `1Gbit/s`, `10Mbps`, `unlimited`; 0 is no limit.
    package static func bytesPerSecond(_ text: String) -> UInt64? {
        let text = text.lowercased()
        if text == "unlimited" || text == "0" { return 0 }
        if let bits = stripping(text, ["bit/s", "bps"]) {
            let (number, unit) = split(bits)
            return bitUnits[unit].flatMap { scale(number, by: $0) }.map { $0 / 8 }.flatMap { $0 > 0 ? $0 : nil }
        }
        return stripping(text, ["/s"]).flatMap(bytes).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Microseconds: `250us`, `5ms`, `1.5s`, `2m`, `0`.
    package static func microseconds(_ text: String) -> UInt64? {
        if text == "0" { return 0 }
        let (number, unit) = split(text)
        return timeUnits[unit].flatMap { scale(number, by: $0) }
    }

    /// Whole seconds: `300s`, `5m`, or a bare number.
    package static func seconds(_ text: String) -> UInt64? {
        if let bare = UInt64(text) { return bare }
        guard let time = microseconds(text), time % 1_000_000 == 0 else { return nil }
        return time / 1_000_000
    }

    /// `60x` or `60`.
    package static func factor(_ text: String) -> UInt32? {
        UInt32(text.hasSuffix("x") || text.hasSuffix("X") ? String(text.dropLast()) : text)
    }

    /// `30%` or `30`.
    package static func percent(_ text: String) -> UInt8? {
        UInt8(text.hasSuffix("%") ? String(text.dropLast()) : text)
    }

    /// `1 GiB`, `64 KiB`, `1000 B`: the largest binary unit that divides the size, for people to read.
    package static func describe(bytes: UInt64) -> String {
        var value = bytes
        var unit = 0
        let names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while value >= 1024, value % 1024 == 0, unit < names.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(value) \(names[unit])"
    }

    /// `3.4 MB`: three digits at most, for amounts that were measured.
    package static func describe(roughly bytes: UInt64) -> String {
        var value = Double(bytes)
        var unit = 0
        let names = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        while value >= 999.5, unit < names.count - 1 {
            value /= 1000
            unit += 1
        }
        guard unit > 0, value < 99.95 else { return "\(Int(value.rounded())) \(names[unit])" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(names[unit])"
    }

    private static let byteUnits: [String: UInt64] = {
        var units: [String: UInt64] = ["": 1, "b": 1]
        for (power, letter) in ["k", "m", "g", "t", "p", "e"].enumerated() {
            let binary = UInt64(1) << (10 * UInt64(power + 1))
            units[letter] = binary
            units[letter + "ib"] = binary
            units[letter + "b"] = (0...power).reduce(1) { value, _ in value * 1000 }
        }
        return units
    }()
    private static let bitUnits: [String: UInt64] = ["": 1, "k": 1000, "m": 1_000_000, "g": 1_000_000_000]
    private static let timeUnits: [String: UInt64] = ["us": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000]

    private static func split(_ text: String) -> (number: String, unit: String) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        return (String(number), unit.lowercased())
    }

    private static func stripping(_ text: String, _ suffixes: [String]) -> String? {
        suffixes.first { text.hasSuffix($0) }.map { String(text.dropLast($0.count)) }
    }

    /// `number` times `unit` if that is a whole number of 64 bits. Decimals are exact: 1.5 GiB is 1,610,612,736.
    private static func scale(_ number: String, by unit: UInt64) -> UInt64? {
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ UInt64($0) }) else { return nil }
        let (base, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        guard parts.count == 2 else { return base }
        guard parts[1].count <= 9, let digits = UInt64(parts[1]) else { return nil }
        let divisor = parts[1].reduce(UInt64(1)) { value, _ in value * 10 }
        let (high, low) = digits.multipliedFullWidth(by: unit)
        let (quotient, remainder) = divisor.dividingFullWidth((high, low))
        guard remainder == 0 else { return nil }
        let (sum, carry) = base.addingReportingOverflow(quotient)
        return carry ? nil : sum
    }
}
