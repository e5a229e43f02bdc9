// paircreate: makes pairs of the two sides' simplex volumes.
//
// - Source: RAID Manager reference, section 2.2; legality in 5.2.

internal import CommandDevice
internal import ReplicationCore

package struct PairCreate: Command {
    package static let name = "paircreate"
    package static let summary = "make pairs of the two sides' simplex volumes"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var side: Side?
        var fence: FenceOption?
        var copyPace: UInt8 = 3
        var copiesData = true
        var sideFileTimeoutSeconds: UInt16?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            .flag("-vl", "Specify the local volume as P-VOL", .several, "2.2") { $0.side = .local },
            .flag("-vr", "Specify the remote volume as P-VOL", .several, "2.2") { $0.side = .remote },
            CommandOption(
                "-f[g] <fence> [CTGID]", "Specify the fence level (never/status/data/async)", .several, "2.2"
            ) { (form, option, arguments) throws(HorcmFailure) in
                form.fence = try FenceOption(option, &arguments)
            },
            CommandOption("-c  <size>", "Specify the track size for copy (1-15)", .several, "2.2") {
                (form, option, arguments) throws(HorcmFailure) in
                form.copyPace = try arguments.number(of: option, in: 1...15)
            },
            .flag("-nocopy", "Set to the no copy mode", .several, "2.2") { $0.copiesData = false },
            CommandOption("-cto <o-time> [c-time] [r-time]", "Specify the timers of the CT group", .several, "2.2") {
                (form, option, arguments) throws(HorcmFailure) in
                form.sideFileTimeoutSeconds = try GroupTimers.read(option, &arguments)
            },
            CommandOption("-m  <mode>", "Specify the mode (noread/cyl/trk)", .known, "2.2", isInHelp: false) {
                (_, option, arguments) throws(HorcmFailure) in
                let value = try arguments.value(of: option)
                guard ["noread", "cyl", "trk"].contains(value) else {
                    throw HorcmFailure(.invalidArgument, "-m takes noread, cyl or trk, not '\(value)'.")
                }
            },
            CommandOption("-pid <id>", "Specify the path group", .known, "2.2", isInHelp: false) {
                (_, option, arguments) throws(HorcmFailure) in
                let _: UInt8 = try arguments.number(of: option, in: 0...255)
            },
        ]
            + ["-jp", "-js", "-nocsus"].map { name in
                CommandOption(name, "Journals, which the array does not have", .several, "2.2", isInHelp: false) {
                    (_, option, _) throws(HorcmFailure) in
                    throw HorcmFailure(.notSupported, "\(option) needs journals, which the array does not have.")
                }
            }
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "done, or nothing to do; the copy runs on", .several, "2.2"),
            .error(.sizesDiffer, .one, "2.2"), .error(.serialsDiffer, .one, "2.2"),
            .error(.invalidVolumeStatus, .one, "2.2"), .error(.invalidPairStatus, .one, "2.2"),
            .error(.volumesDiffer, .one, "2.2"), .error(.notSupported, .known, "4.6"),
            .error(.rejectedByArray, .one, "2.2"),
        ] + ExitMeaning.ofVolumes
    }

    package static var matrix: [MatrixLine] {
        [
            "-g {group} -vl -f {fence}", "-g {group} -vr -f {fence}", "-g {group} -vl -fg {fence} 7",
            "-g {group} -vl -f {fence} -nocopy", "-g {group} -vl -f {fence} -c 15 -m noread -pid 1",
            "-g {group} -vl -f async -cto 90 5 5", "-g {group} -vl -f async -jp 0 -js 0", "-d {volume} -vl -f {fence}",
            "-dg {file} -vl -f {fence}", "-g {group} -vl -f async -nocsus", "-g {group} -vl -f async -js 0",
        ].map { MatrixLine("paircreate \($0)", changes: true) }
    }

    private let target: VolumeTarget
    private let primarySide: Side
    private let fence: FenceOption
    private let copyPace: UInt8
    private let copiesData: Bool
    private let sideFileTimeoutSeconds: UInt16?

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        guard let side = form.side else { throw .missing("-vl or -vr") }
        guard let fence = form.fence else { throw .missing("-f <fence>") }
        primarySide = side
        self.fence = fence
        copyPace = form.copyPace
        copiesData = form.copiesData
        sideFileTimeoutSeconds = form.sideFileTimeoutSeconds
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        guard mode == .horc else { throw HorcmFailure(.notSupported, "The array holds no local copies.") }
        let pairs = try session.pairs(of: session.localVolumes(target, mode))
        let new = try pairsToCreate(pairs)
        guard let first = new.first, let remoteSerial = secondary(first)?.report.serial else { return 0 }
        try checkVolumes(new)
        let order = try creation(of: new, besides: pairs, remoteSerial)
        try session.perform(on: new.compactMap(primary), at: primarySide) { _ in .create(order) }
        return 0
    }

    private func primary(_ pair: PairView) -> VolumeView? { primarySide == .local ? pair.local : pair.remote }
    private func secondary(_ pair: PairView) -> VolumeView? { primarySide == .local ? pair.remote : pair.local }

    /// A pair that exists the right way round is no error; anything else is.
    private func pairsToCreate(_ pairs: [PairView]) throws(HorcmFailure) -> [PairView] {
        var new: [PairView] = []
        for pair in pairs {
            guard let primary = primary(pair), let secondary = secondary(pair) else { continue }
            switch (primary.attribute, secondary.attribute) {
            case (.simplex, .simplex): new.append(pair)
            case (.primary, .secondary) where pair.fitsTogether:
                _ = try GroupRules.toActOn([primary]) { PrimaryOperation.create.verdict($0.word) }
            case (.primary, _), (.secondary, _), (.simplex, _):
                throw HorcmFailure(
                    .invalidVolumeStatus,
                    "Volume \(primary.name) is \(primary.attribute.rawValue) here and \(secondary.attribute.rawValue) there."
                )
            }
        }
        return new
    }

    /// What the tool can see by itself, before the array is asked.
    private func checkVolumes(_ pairs: [PairView]) throws(HorcmFailure) {
        for pair in pairs {
            guard let here = pair.local.report.snapshot, let there = pair.remote?.report.snapshot else {
                throw HorcmFailure(.noSuchLDEV, "Volume \(pair.local.name) is missing in one of the arrays.")
            }
            guard here.byteCount == there.byteCount else {
                throw HorcmFailure(
                    .sizesDiffer,
                    "Volume \(pair.local.name) has \(here.byteCount) bytes here and \(there.byteCount) there.")
            }
            guard pair.local.report.serial == pairs[0].local.report.serial,
                pair.remote?.report.serial == pairs[0].remote?.report.serial
            else { throw HorcmFailure(.serialsDiffer) }
        }
    }

    /// Volumes that join a group take its number.
    private func creation(
        of new: [PairView], besides all: [PairView], _ remoteSerial: ArraySerial
    ) throws(HorcmFailure) -> CreationOrder {
        let existing = all.compactMap { primary($0)?.pair?.consistencyGroup }.first
        let pairings: [VolumePairing] = new.compactMap { pair in
            guard let local = primary(pair)?.report.ldev, let remote = secondary(pair)?.report.ldev else { return nil }
            return VolumePairing(local: local, remote: remote)
        }
        return CreationOrder(
            pairings: pairings, remoteSerial: remoteSerial, mode: fence.word.mode,
            grouping: fence.isGrouped ? .consistencyGroup(fence.group ?? existing) : .separate, copyPace: copyPace,
            copiesData: copiesData, sideFileTimeoutSeconds: sideFileTimeoutSeconds)
    }
}

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

/// `-cto <o-time> [c-time] [r-time]`: seconds of the side file's patience, then minutes of copy pending and RCU ready. The
/// array takes the first; it has its own settings for the other two.
enum GroupTimers {
    static func read(_ option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) -> UInt16 {
        let seconds: UInt16 = try arguments.number(of: option, in: 0...600)
        for (name, limit) in [("c-time", UInt16(15)), ("r-time", UInt16(10))] {
            guard let minutes = arguments.optionalNumber(UInt16.self) else { break }
            guard (1...limit).contains(minutes) else {
                throw HorcmFailure(.invalidArgument, "\(name) is 1 to \(limit) minutes, not \(minutes).")
            }
        }
        return seconds
    }
}
