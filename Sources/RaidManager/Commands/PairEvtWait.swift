// pairevtwait: waits until a group has a state, or tells its state as exit status without waiting.
//
// - Source: RAID Manager reference, sections 2.6 and 4.3.

internal import ReplicationCore

package struct PairEvtWait: Command {
    package static let name = "pairevtwait"
    package static let summary = "wait until a group has a state, or tell its state without waiting"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var tells = false
        var primary: [PairWord] = []
        var secondary: [PairWord] = []
        /// Seconds, as the interval.
        var timeout: UInt64?
        var interval: UInt64?
        var localOnly = false

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            CommandOption("-s  <status> ...", "Specify the status of the P-VOL to wait for", .several, "2.6") {
                (form, option, arguments) throws(HorcmFailure) in
                form.primary += try PairWord.list(behind: option, &arguments)
            },
            CommandOption("-ss <status> ...", "Specify the status of the S-VOL to wait for", .several, "2.6") {
                (form, option, arguments) throws(HorcmFailure) in
                form.secondary += try PairWord.list(behind: option, &arguments)
            },
            CommandOption(
                "-t  <timeout> [interval]", "Specify the timeout and the interval in seconds", .several, "2.6"
            ) { (form, option, arguments) throws(HorcmFailure) in
                form.timeout = try arguments.number(of: option, in: 0...1_999_999)
                form.interval = arguments.optionalNumber()
            },
            .flag("-nowait", "Return the status at once", .several, "2.6") { $0.tells = true },
            .flag("-nowaits", "Return the status at once, with S-VOL states", .several, "2.6") { $0.tells = true },
            .flag("-l", "Specify the local status only", .several, "2.6") { $0.localOnly = true },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "the group has the state", .several, "4.3"), .status(1, "SMPL (-nowait)", .several, "4.3"),
            .status(2, "COPY (-nowait)", .several, "4.3"), .status(3, "PAIR (-nowait)", .several, "4.3"),
            .status(4, "PSUS (-nowait)", .several, "4.3"), .status(5, "PSUE (-nowait)", .several, "4.3"),
            .error(.localWaitTimedOut, .one, "2.6"), .error(.waitTimedOut, .one, "2.6"),
            .error(.suspendedWhileWaiting, .one, "2.6"), .error(.volumesDiffer, .known, "4.7"),
        ] + ExitMeaning.ofVolumes
    }

    package static let matrix = [
        MatrixLine("pairevtwait -g {group} -nowait"), MatrixLine("pairevtwait -g {group} -nowaits"),
        MatrixLine("pairevtwait -g {group} -s pair -t 1"), MatrixLine("pairevtwait -g {group} -ss ssus -t 1 -l"),
        MatrixLine("pairevtwait -d {volume} -s psus -ss ssus -t 1 1"),
        MatrixLine("pairevtwait -dg {file} -s smpl -t 0"),
    ]

    private enum Purpose {
        case tell
        case wait(primary: [PairWord], secondary: [PairWord], timeout: Span, interval: Span)
    }

    private let target: VolumeTarget
    private let purpose: Purpose
    private let localOnly: Bool

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        localOnly = form.localOnly
        if form.tells {
            purpose = .tell
            return
        }
        guard !form.primary.isEmpty || !form.secondary.isEmpty else {
            throw .missing("-s <status>, -ss <status> or -nowait")
        }
        guard let timeout = form.timeout else { throw .missing("-t <timeout>") }
        purpose = .wait(
            primary: form.primary, secondary: form.secondary, timeout: .seconds(timeout),
            interval: .seconds(max(1, min(form.interval ?? 1, 3600))))
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
            if conditions.allSatisfy(\.isMet) { return session.show(Sentence.waitDone(Self.name)) }
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

        var isMet: Bool { words.contains { $0.means(view.word) } }
        /// Waiting for PAIR, and the pair was suspended by a fault.
        var isHopeless: Bool { view.word == .psue && words.contains(.pair) && !isMet }
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
        case .copy, .rcpy: 2
        case .pair, .pful: 3
        case .psus, .ssus, .pfus, .ssws: 4
        case .psue, .pdub: 5
        }
    }
}
