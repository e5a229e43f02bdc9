// pairdisplay: both sides of every pair of a group, as a table.
//
// - Source: RAID Manager reference, sections 3.1 to 3.8.

internal import CommandDevice

package struct PairDisplay: Command {
    /// Whose pairs a volume's rows show.
    enum Mirrors: String, Hashable, Sendable {
        /// That of the mode and the configuration.
        case own
        /// Every mirror that has a pair.
        case cascade = "cas"
        case all
    }

    package static let name = "pairdisplay"
    package static let summary = "show both sides of every pair of a group, as a table"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var localOnly = false
        var mismatchesOnly = false
        var isHexadecimal = false
        var showsBitmap = false
        var mirrors = Mirrors.own
        var topic: PairTopic?
        var screen = PairScreen()

        package init() {}

        /// `-f` with letters, in any order and repeated.
        mutating func takeLetters(_ option: String) throws(HorcmFailure) {
            for letter in option.dropFirst(2) {
                switch letter {
                case "c": screen.showsPercent = true
                case "x": isHexadecimal = true
                case "d": screen.showsDeviceFile = true
                case "e": screen.isExtended = true
                case "m": showsBitmap = true
                case "w": screen.showsWorldWideName = true
                case _: throw .unknown(option)
                }
            }
        }
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            .flag("-l", "Specify the local information only", .several, "3.1") { $0.localOnly = true },
            .flag("-c", "Show the pairs that do not fit together", .known, "3.1") { $0.mismatchesOnly = true },
            CommandOption(
                "-f[c][x][d][e][m][w]",
                "c: percent and full status, x: hexadecimal LDEV#, d: device file, e: extended, m: bitmap, w: LUN WWN",
                .several, "3.1", names: ["-f*"]
            ) { (form, option, _) throws(HorcmFailure) in
                try form.takeLetters(option)
            },
            .flag("-CLI", "Specify the CLI format", .real, "3.1") { $0.screen.isCommandLine = true },
            CommandOption("-m  <cas|all>", "Show the cascading pairs, or all mirrors", .known, "3.1") {
                (form, option, arguments) throws(HorcmFailure) in
                let value = try arguments.value(of: option)
                guard let mirrors = Mirrors(rawValue: value), mirrors != .own else {
                    throw HorcmFailure(.invalidArgument, "-m takes cas or all, not '\(value)'.")
                }
                form.mirrors = mirrors
            },
            CommandOption("-v  <jnl|jnlt|ctg>", "Show journals or CT groups", .several, "3.8") {
                (form, option, arguments) throws(HorcmFailure) in
                let value = try arguments.value(of: option)
                guard !PairTopic.withoutFacts.contains(value) else {
                    throw HorcmFailure(.invalidOptionValue, "What -v \(value) shows is in no source of this bench.")
                }
                guard let topic = PairTopic(rawValue: value) else {
                    throw HorcmFailure(.invalidArgument, "-v takes jnl, jnlt or ctg, not '\(value)'.")
                }
                form.topic = topic
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "shown", .several, "3.1"), .error(.pairCombination, .known, "3.1"),
            .error(.invalidOptionValue, .ours, "3.1"),
        ] + ExitMeaning.ofVolumes
    }

    package static var matrix: [MatrixLine] {
        [
            "", " -fc", " -fcx", " -fcd", " -fxce", " -CLI", " -fcx -CLI", " -fcd -CLI", " -fe", " -fm", " -fw", " -l",
            " -c", " -m cas", " -m all", " -v ctg", " -v jnl", " -v jnlt -l",
        ].map { MatrixLine("pairdisplay -g {group}\($0)") } + [
            MatrixLine("pairdisplay -g {group} -d {volume} -fc"), MatrixLine("pairdisplay -d {file} -fc"),
            MatrixLine("pairdisplay -dg {serial} {ldev} -fc -l"),
        ]
    }

    private let target: VolumeTarget
    private let form: Form

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        self.form = form
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let local = try session.localVolumes(target, mode)
        if let topic = form.topic {
            try show(topic, local, in: session)
            return 0
        }
        if form.localOnly {
            show(local.flatMap { rows($0, .local) }, mode, in: session)
            return 0
        }
        do throws(HorcmFailure) {
            let pairs = try session.pairs(of: local)
            let shown = form.mismatchesOnly ? pairs.filter { !$0.fitsTogether } : pairs
            if form.mismatchesOnly && shown.isEmpty { return 0 }
            let lines = shown.flatMap { pair in
                rows(pair.local, .local) + (pair.remote.map { rows($0, .remote) } ?? [])
            }
            show(lines, mode, in: session)
            if form.mismatchesOnly { throw HorcmFailure(.pairCombination) }
            return 0
        } catch {
            // What is known is shown before the error, as far as it goes.
            if [.noRemoteHost, .commandDeviceFailed].contains(error.error) {
                show(local.flatMap { rows($0, .local) }, mode, in: session)
            }
            throw error
        }
    }

    // MARK: Pairs

    private func rows(_ view: VolumeView, _ side: Side) -> [PairRow] {
        let shown = mirrors(of: view)
        return (shown.isEmpty ? [view] : shown).map { view in
            PairRow(
                view, side, isFull: form.screen.showsPercent, isHexadecimal: form.isHexadecimal,
                showsBitmap: form.showsBitmap)
        }
    }

    /// The remote mirror first, then the local ones.
    private func mirrors(of view: VolumeView) -> [VolumeView] {
        guard let snapshot = view.report.snapshot else { return [] }
        let remote = VolumeView(view.report, .horc, shown: snapshot.pair?.mirror ?? 0)
        switch form.mirrors {
        case .own: return []
        case .cascade:
            let numbers = snapshot.localPairs.map(\.name.mirror).sorted()
            return [remote].filter { $0.facts != nil } + numbers.map { VolumeView(view.report, .mrcf, shown: $0) }
        case .all: return [remote] + (0...2).map { VolumeView(view.report, .mrcf, shown: $0) }
        }
    }

    private func show(_ rows: [PairRow], _ mode: CopyMode, in session: any HorcmSession) {
        var screen = form.screen
        screen.mode = mode
        for line in screen.lines(rows) { session.show(line) }
    }

    // MARK: -v

    /// The local side's rows, then the remote side's. What is known is shown before an error.
    private func show(_ topic: PairTopic, _ local: [VolumeView], in session: any HorcmSession) throws(HorcmFailure) {
        let rows = try topic.rows(local, at: .local, in: session)
        session.show(topic.header)
        for line in rows { session.show(line) }
        guard !form.localOnly else { return }
        let remote = try session.pairs(of: local).compactMap(\.remote)
        for line in try topic.rows(remote, at: .remote, in: session) { session.show(line) }
    }
}
