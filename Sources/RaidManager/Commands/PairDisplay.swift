// pairdisplay: both sides of every pair of a group, as a table.
//
// - Source: RAID Manager reference, sections 3.1 to 3.7.

package struct PairDisplay: Command {
    package static let name = "pairdisplay"
    package static let usage =
        TargetOptions.usage + [
            " -l                   Specify the local information only",
            " -c                   Show the pairs that do not fit together",
            " -f[c][x][d][e]       c: percent and full status, x: hexadecimal LDEV#, d: device file, e: extended",
            " -CLI                 Specify the CLI format",
        ]

    private var target: VolumeTarget
    private var localOnly = false
    private var mismatchesOnly = false
    private var isHexadecimal = false
    private var screen = PairScreen()

    package init(reading arguments: inout ArgumentReader) throws(HorcmFailure) {
        var targets = TargetOptions()
        while let option = arguments.next() {
            switch option {
            case "-l": localOnly = true
            case "-c": mismatchesOnly = true
            case "-CLI": screen.isCommandLine = true
            case "-m":
                let value = try arguments.value(of: option)
                guard value == "all" || value == "cas" else {
                    throw HorcmFailure(.invalidArgument, "-m takes all or cas, not '\(value)'.")
                }
            case _ where option.hasPrefix("-f"): try Self.take(option, &screen, &isHexadecimal)
            case _:
                guard try targets.take(option, &arguments) else { throw .unknown(option) }
            }
        }
        target = try targets.required()
    }

    private static func take(
        _ option: String, _ screen: inout PairScreen, _ isHexadecimal: inout Bool
    ) throws(HorcmFailure) {
        guard option.count > 2 else { throw .unknown(option) }
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
