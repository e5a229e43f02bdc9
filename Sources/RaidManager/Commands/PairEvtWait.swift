// pairevtwait: waits until a group has a state, or tells its state as exit status without waiting.
//
// - Source: RAID Manager reference, sections 2.6 and 4.3.

internal import ReplicationCore

package struct PairEvtWait: Command {
    package static let name = "pairevtwait"
    package static let usage =
        TargetOptions.usage + [
            " -s  <status> ...     Specify the status of the P-VOL to wait for",
            " -ss <status> ...     Specify the status of the S-VOL to wait for",
            " -t  <timeout> [interval]  Specify the timeout and the interval in seconds",
            " -nowait              Return the status at once",
            " -nowaits             Return the status at once, with S-VOL states",
            " -l                   Specify the local status only",
        ]

    private enum Purpose {
        case tell
        case wait(primary: [PairWord], secondary: [PairWord], timeout: Span, interval: Span)
    }

    private var target: VolumeTarget
    private var purpose: Purpose
    private var localOnly = false

    package init(reading arguments: inout ArgumentReader) throws(HorcmFailure) {
        var targets = TargetOptions()
        var tells = false
        var primary: [PairWord] = []
        var secondary: [PairWord] = []
        var timeout: UInt64?
        var interval: UInt64?
        while let option = arguments.next() {
            switch option {
            case "-s": primary += try Self.words(option, &arguments)
            case "-ss": secondary += try Self.words(option, &arguments)
            case "-t":
                timeout = try arguments.number(of: option, in: 0...1_999_999)
                interval = arguments.optionalNumber()
            case "-nowait", "-nowaits": tells = true
            case "-l": localOnly = true
            case _:
                guard try targets.take(option, &arguments) else { throw .unknown(option) }
            }
        }
        target = try targets.required()
        if tells {
            purpose = .tell
            return
        }
        guard !primary.isEmpty || !secondary.isEmpty else { throw .missing("-s <status>, -ss <status> or -nowait") }
        guard let timeout else { throw .missing("-t <timeout>") }
        purpose = .wait(
            primary: primary, secondary: secondary, timeout: .seconds(timeout),
            interval: .seconds(max(1, min(interval ?? 1, 3600))))
    }

    private static func words(_ option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) -> [PairWord] {
        var words: [PairWord] = []
        while let text = arguments.next(if: { !$0.hasPrefix("-") }) {
            switch text.lowercased() {
            case "rcpy": words.append(.copy)
            case "pdub": words.append(.psue)
            case let name:
                guard let word = PairWord(rawValue: name.uppercased()) else {
                    throw HorcmFailure(.invalidArgument, "'\(text)' is no status to wait for.")
                }
                words.append(word)
            }
        }
        guard !words.isEmpty else { throw .missing("a status behind \(option)") }
        return words
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        switch purpose {
        case .tell:
            let views = try session.localVolumes(target, mode)
            _ = try GroupRules.attribute(of: views)
            return Self.status(GroupRules.word(of: views, .strict))
        case .wait(let primary, let secondary, let timeout, let interval):
            try wait(mode, primary, secondary, timeout, interval, session)
            return 0
        }
    }

    private func wait(
        _ mode: CopyMode, _ primary: [PairWord], _ secondary: [PairWord], _ timeout: Span, _ interval: Span,
        _ session: any HorcmSession
    ) throws(HorcmFailure) {
        let end = session.now + timeout
        while true {
            let conditions = try conditions(mode, primary, secondary, session)
            if conditions.allSatisfy(\.isMet) { return session.show("\(Self.name) : Wait status done.") }
            guard !conditions.contains(where: \.isHopeless) else { throw HorcmFailure(.suspendedWhileWaiting) }
            let left = end.since(session.now)
            guard left.nanoseconds > 0 else { throw HorcmFailure(localOnly ? .localWaitTimedOut : .waitTimedOut) }
            session.sleep(min(left, interval))
        }
    }

    /// One volume and what it is to become.
    private struct Condition {
        var view: VolumeView
        var words: [PairWord]

        var isMet: Bool { words.contains { Self.isSame($0, view.word) } }
        /// Waiting for PAIR, and the pair was suspended by a fault.
        var isHopeless: Bool { view.word == .psue && words.contains(.pair) && !isMet }

        /// PFUL is a PAIR, PFUS and SSWS are suspensions, and PSUS and SSUS are one state seen from two sides.
        static func isSame(_ wanted: PairWord, _ found: PairWord) -> Bool {
            switch wanted {
            case .psus, .ssus: found == .psus || found == .ssus || found == .pfus || found == .ssws
            case .pair: found == .pair || found == .pful
            case .smpl, .copy, .psue, .pful, .pfus, .ssws: found == wanted
            }
        }
    }

    /// `-s` looks at the primaries and `-ss` at the secondaries, wherever they are; with `-l` at the local volumes.
    private func conditions(
        _ mode: CopyMode, _ primary: [PairWord], _ secondary: [PairWord], _ session: any HorcmSession
    ) throws(HorcmFailure) -> [Condition] {
        let local = try session.localVolumes(target, mode)
        if localOnly { return local.map { Condition(view: $0, words: primary + secondary) } }
        let pairs = try session.pairs(of: local)
        var conditions: [Condition] = []
        for pair in pairs {
            if !primary.isEmpty {
                conditions.append(Condition(view: pair.side(.primary) ?? pair.local, words: primary))
            }
            if !secondary.isEmpty {
                conditions.append(Condition(view: pair.side(.secondary) ?? pair.local, words: secondary))
            }
        }
        return conditions
    }

    static func status(_ word: PairWord) -> Int32 {
        switch word {
        case .smpl: 1
        case .copy: 2
        case .pair, .pful: 3
        case .psus, .ssus, .pfus, .ssws: 4
        case .psue: 5
        }
    }
}
