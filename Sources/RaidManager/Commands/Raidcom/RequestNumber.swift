// The number of a request: hexadecimal, with or without `0x` before it, so that what is shown can be given back.
//
// - Source: a pasted row has eight digits, `00000019` (HIR). Their base is ours.

internal import ReplicationCore

enum RequestNumber {
    static func value(of option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) -> UInt32 {
        let text = try arguments.value(of: option)
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        guard digits.first != "+", let number = UInt32(digits, radix: 16) else { throw HorcmFailure(.invalidArgument) }
        return number
    }

    static func shown(_ number: UInt32) -> String { String(number, radix: 16) }
}
