// Options that paircreate and pairresync share: the fence and the timers of a group.
//
// - Source: RAID Manager reference, sections 2.2 and 2.4.

internal import CommandDevice
internal import ReplicationCore

/// `-f[g] <fence> [CTGID]`
struct FenceOption: Hashable, Sendable {
    var word: FenceWord
    /// Asynchronous pairs always are.
    var isGrouped: Bool
    var group: UInt8?

    init(_ option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) {
        let text = try arguments.value(of: option)
        guard let word = FenceWord(argument: text) else {
            throw HorcmFailure(.invalidArgument, "\(option) takes never, status, data or async, not '\(text)'.")
        }
        self.word = word
        isGrouped = option == "-fg" || word == .async
        if let number = arguments.next(if: { decimal($0, as: UInt32.self) != nil }) {
            guard isGrouped, let group = decimal(number, as: UInt8.self) else {
                throw HorcmFailure(.invalidArgument, "CTGID \(number) does not go with \(option) \(text).")
            }
            self.group = group
        }
    }
}

extension GroupTimers {
    /// `-cto <o-time> [c-time] [r-time]`: seconds of the side file's patience, then minutes of copy pending and of RCU
    /// ready.
    init(reading option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) {
        self.init(sideFileSeconds: try arguments.number(of: option, in: 0...600))
        copyPendingMinutes = try Self.minutes("c-time", 15, &arguments)
        guard copyPendingMinutes != nil else { return }
        remoteReadyMinutes = try Self.minutes("r-time", 10, &arguments)
    }

    private static func minutes(
        _ name: String, _ limit: UInt16, _ arguments: inout ArgumentReader
    ) throws(HorcmFailure) -> UInt8? {
        guard let minutes = arguments.optionalNumber(UInt16.self) else { return nil }
        guard (1...limit).contains(minutes) else {
            throw HorcmFailure(.invalidArgument, "\(name) is 1 to \(limit) minutes, not \(minutes).")
        }
        return UInt8(minutes)
    }
}
