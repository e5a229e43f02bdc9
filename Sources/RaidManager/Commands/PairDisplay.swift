// pairdisplay: both sides of every pair of a group, as a table.
//
// - Source: RAID Manager reference, sections 3.1 to 3.7.

package struct PairDisplay: Command {
    package static let name = "pairdisplay"
    package static let summary = "show both sides of every pair of a group, as a table"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var localOnly = false
        var mismatchesOnly = false
        var isHexadecimal = false
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
                "-f[c][x][d][e]", "c: percent and full status, x: hexadecimal LDEV#, d: device file, e: extended",
                .several, "3.1", names: ["-f*"]
            ) { (form, option, _) throws(HorcmFailure) in
                try form.takeLetters(option)
            },
            .flag("-CLI", "Specify the CLI format", .real, "3.1") { $0.screen.isCommandLine = true },
            CommandOption(
                "-m  <all|cas>", "Show all mirrors, or cascading volumes", .known, "3.1", isInHelp: false
            ) { (_, option, arguments) throws(HorcmFailure) in
                let value = try arguments.value(of: option)
                guard value == "all" || value == "cas" else {
                    throw HorcmFailure(.invalidArgument, "-m takes all or cas, not '\(value)'.")
                }
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [.status(0, "shown", .several, "3.1"), .error(.pairCombination, .known, "3.1")] + ExitMeaning.ofVolumes
    }

    package static var matrix: [MatrixLine] {
        ["", " -fc", " -fcx", " -fcd", " -fxce", " -CLI", " -fcx -CLI", " -fcd -CLI", " -fe", " -l", " -c", " -m cas"]
            .map {
                MatrixLine("pairdisplay -g {group}\($0)")
            } + [
                MatrixLine("pairdisplay -g {group} -d {volume} -fc"), MatrixLine("pairdisplay -d {file} -fc"),
                MatrixLine("pairdisplay -dg {serial} {ldev} -fc -l"),
            ]
    }

    private let target: VolumeTarget
    private let localOnly: Bool
    private let mismatchesOnly: Bool
    private let isHexadecimal: Bool
    private let screen: PairScreen

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        localOnly = form.localOnly
        mismatchesOnly = form.mismatchesOnly
        isHexadecimal = form.isHexadecimal
        screen = form.screen
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let local = try session.localVolumes(target, mode)
        if localOnly {
            show(local.map { [row($0, .local)] }, mode, in: session)
            return 0
        }
        do throws(HorcmFailure) {
            let pairs = try session.pairs(of: local)
            let shown = mismatchesOnly ? pairs.filter { !$0.fitsTogether } : pairs
            if mismatchesOnly && shown.isEmpty { return 0 }
            let rows = shown.map { pair in
                [row(pair.local, .local)] + (pair.remote.map { [row($0, .remote)] } ?? [])
            }
            show(rows, mode, in: session)
            if mismatchesOnly { throw HorcmFailure(.pairCombination) }
            return 0
        } catch {
            // What is known is shown before the error, as far as it goes.
            if error.error == .noRemoteHost { show(local.map { [row($0, .local)] }, mode, in: session) }
            throw error
        }
    }

    private func row(_ view: VolumeView, _ side: Side) -> PairRow {
        PairRow(view, side, isFull: screen.showsPercent, isHexadecimal: isHexadecimal)
    }

    private func show(_ rows: [[PairRow]], _ mode: CopyMode, in session: any HorcmSession) {
        var screen = screen
        screen.mode = mode
        for line in screen.lines(rows.flatMap { $0 }) { session.show(line) }
    }
}
