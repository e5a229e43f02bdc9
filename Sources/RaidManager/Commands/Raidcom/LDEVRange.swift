// How raidcom's options name LDEVs: one, `0x10`, `16`, `00:10`, or with the frame's number before it `00:00:10`; or several,
// `16-31`.
//
// - Source: pasted and clients' notations (XP7, HIR); RAID Manager reference, section 1.6.

internal import ReplicationCore

struct LDEVRange: Hashable, Sendable {
    /// One more than the last LDEV that an array can have, FE:FF.
    static let end: UInt32 = 0xFF00

    var first: LDEVNumber
    var last: LDEVNumber

    init(first: LDEVNumber, last: LDEVNumber) {
        self.first = first
        self.last = last
    }

    /// - Throws: EX_INVARG for what is no number, EX_ENLDEV for a number that no array has.
    init(parsing text: String) throws(HorcmFailure) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        first = try Self.number(String(parts[0]))
        last = parts.count == 1 ? first : try Self.number(String(parts[1]))
        guard first <= last else { throw HorcmFailure(.invalidArgument) }
    }

    /// As many from the first one on.
    func counted(_ count: UInt32) throws(HorcmFailure) -> LDEVRange {
        let end = UInt32(first.value) + count
        guard count > 0, end <= Self.end else { throw HorcmFailure(.noSuchLDEV) }
        return LDEVRange(first: first, last: LDEVNumber(UInt16(end - 1)))
    }

    var numbers: [LDEVNumber] { (first.value...last.value).map { LDEVNumber($0) } }

    static func number(_ text: String) throws(HorcmFailure) -> LDEVNumber {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isFramed = parts.count == 3 && UInt8(parts[0], radix: 16) == 0
        let number = isFramed ? String(text.drop { $0 != ":" }.dropFirst()) : text
        guard let ldev = LDEVNumber(parsing: number) else {
            let isTooLarge = decimal(text, as: UInt32.self) != nil
            throw HorcmFailure(isTooLarge ? .noSuchLDEV : .invalidArgument)
        }
        guard UInt32(ldev.value) < end else { throw HorcmFailure(.noSuchLDEV) }
        return ldev
    }
}
