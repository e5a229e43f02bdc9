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
        var timers = GroupTimers()
        /// Journals of the P-VOL's side and of the S-VOL's side.
        var primaryJournal: UInt8?
        var secondaryJournal: UInt8?
        var startsSuspended = false
        var refusesReads = false
        var pathGroup: UInt8?
        /// Local pairs: split as soon as they are made; split together whenever they are split.
        var splits = false
        var isAtTime = false

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            .flag("-vl", "Specify the local volume as P-VOL", .several, "2.2") { $0.side = .local },
            .flag("-vr", "Specify the remote volume as P-VOL", .several, "2.2") { $0.side = .remote },
            .flag("-pvol", "The same as -vl", .several, "2.2", isInHelp: false) { $0.side = .local },
            .flag("-svol", "The same as -vr", .several, "2.2", isInHelp: false) { $0.side = .remote },
            .flag("-split", "Split the pair as soon as it is made", .several, "2.2", modes: [.mrcf]) {
                $0.splits = true
            },
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
                form.timers = try GroupTimers(reading: option, &arguments)
            },
            CommandOption("-m  <mode>", "Specify the mode (noread/cyl/trk, grp for local copies)", .known, "2.2") {
                (form, option, arguments) throws(HorcmFailure) in
                try form.takeMode(try arguments.value(of: option))
            },
        ] + journalOptions
    }

    private static var journalOptions: [CommandOption<Form>] {
        [
            .flag("-nocsus", "Create suspended, without copy (journals)", .several, "2.2", modes: [.horc]) {
                $0.startsSuspended = true
            },
            CommandOption("-jp <JID>", "Specify the journal of the P-VOL", .several, "2.2", modes: [.horc]) {
                (form, option, arguments) throws(HorcmFailure) in
                form.primaryJournal = try arguments.number(of: option, in: 0...255)
            },
            CommandOption("-js <JID>", "Specify the journal of the S-VOL", .several, "2.2", modes: [.horc]) {
                (form, option, arguments) throws(HorcmFailure) in
                form.secondaryJournal = try arguments.number(of: option, in: 0...255)
            },
            CommandOption("-pid <id>", "Specify the path group", .known, "2.2", modes: [.horc]) {
                (form, option, arguments) throws(HorcmFailure) in
                form.pathGroup = try arguments.number(of: option, in: 0...255)
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "done, or nothing to do; the copy runs on", .several, "2.2"),
            .error(.sizesDiffer, .one, "2.2"), .error(.serialsDiffer, .one, "2.2"),
            .error(.invalidVolumeStatus, .one, "2.2"), .error(.invalidPairStatus, .one, "2.2"),
            .error(.volumesDiffer, .one, "2.2"), .error(.groupNumbersDiffer, .one, "2.2"),
            .error(.notSupported, .known, "4.6"), .error(.noSuchObject, .known, "4.6"),
            .error(.rejectedByArray, .one, "2.2"), .error(.invalidMode, .ours, "2.2"),
            .error(.invalidMirror, .known, "4.6"),
        ] + ExitMeaning.ofVolumes
    }

    package static var matrix: [MatrixLine] {
        [
            "-g {group} -vl -f {fence}", "-g {group} -vr -f {fence}", "-g {group} -vl -fg {fence} 7",
            "-g {group} -vl -f {fence} -nocopy", "-g {group} -vl -f {fence} -c 15 -m noread -pid 1",
            "-g {group} -vl -f async -cto 90 5 5", "-g {group} -vl -f async -jp 0 -js 0",
            "-g {group} -vl -f async -jp 0 -js 0 -nocsus", "-d {volume} -vl -f {fence}", "-dg {file} -vl -f {fence}",
        ].map { MatrixLine("paircreate \($0)", changes: true, modes: [.horc]) }
            + ["-g {group} -pvol -m grp -c 3", "-g {group} -svol -split", "-g {group} -vl"].map {
                MatrixLine("paircreate \($0)", changes: true, modes: [.mrcf])
            }
    }

    private let target: VolumeTarget
    private let primarySide: Side
    private let form: Form

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        guard let side = form.side else { throw .missing("-vl or -vr") }
        primarySide = side
        self.form = form
        guard (form.primaryJournal == nil) == (form.secondaryJournal == nil) else {
            throw .missing("a journal on both sides, -jp and -js,")
        }
        guard form.primaryJournal == nil || form.fence?.word == .async else {
            throw HorcmFailure(.invalidArgument, "Journals are for -f async.")
        }
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        try checkMode(mode)
        let pairs = try session.pairs(of: session.localVolumes(target, mode))
        let new = try pairsToCreate(pairs)
        guard let first = new.first, let remoteSerial = secondary(first)?.report.serial else { return 0 }
        try checkVolumes(new)
        guard let primary = primary(first) else { return 0 }
        let serial = primary.report.serial
        let request: ArrayRequest =
            if let fence = form.fence {
                try .create(creation(of: new, besides: pairs, remoteSerial, fence))
            } else {
                try .local(.create(localCreation(of: new)))
            }
        let reply = try session.perform(request, of: serial, at: primarySide, group: primary.report.group)
        if case .refused(let refusal, let ldev) = reply { throw HorcmFailure(refusal, from: serial, ldev: ldev) }
        return 0
    }

    private func checkMode(_ mode: CopyMode) throws(HorcmFailure) {
        if mode == .horc, form.fence == nil { throw .missing("-f <fence>") }
        if form.fence != nil { try mode.require(.horc, for: "-f") }
        if form.splits { try mode.require(.mrcf, for: "-split") }
        if form.isAtTime { try mode.require(.mrcf, for: "-m grp") }
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
        of new: [PairView], besides all: [PairView], _ remoteSerial: ArraySerial, _ fence: FenceOption
    ) throws(HorcmFailure) -> CreationOrder {
        let existing = all.compactMap { primary($0)?.facts?.consistencyGroup }.first
        let pairings: [VolumePairing] = new.compactMap { pair in
            guard let local = primary(pair)?.report.ldev, let remote = secondary(pair)?.report.ldev else { return nil }
            return VolumePairing(local: local, remote: remote)
        }
        let journals = form.primaryJournal.flatMap { local in
            form.secondaryJournal.map { JournalNumbers(local: local, remote: $0) }
        }
        return CreationOrder(
            pairings: pairings, remoteSerial: remoteSerial, mode: fence.word.mode,
            grouping: fence.isGrouped ? .consistencyGroup(fence.group ?? existing) : .separate,
            copyPace: form.copyPace, copiesData: form.copiesData && !form.startsSuspended, timers: form.timers,
            journals: journals, startsSuspended: form.startsSuspended, refusesReads: form.refusesReads,
            pathGroup: form.pathGroup)
    }

    /// The mirror is the one that the P-VOL's line names.
    private func localCreation(of new: [PairView]) throws(HorcmFailure) -> LocalCreationOrder {
        var names: [LocalName] = []
        for pair in new {
            guard let primary = primary(pair), let secondary = secondary(pair), let here = primary.report.ldev,
                let there = secondary.report.ldev
            else { continue }
            guard primary.report.serial == secondary.report.serial else {
                throw HorcmFailure(.serialsDiffer, "The two volumes of \(primary.name) are not in one array.")
            }
            guard !primary.report.mirror.hasPrefix("h"), primary.mirror <= 2 else {
                throw HorcmFailure(.invalidMirror, "MU# \(primary.report.mirror) is none of a local copy: 0, 1 or 2.")
            }
            names.append(LocalName(primary: here, secondary: there, mirror: primary.mirror))
        }
        return LocalCreationOrder(
            names: names, copyPace: form.copyPace, copiesData: form.copiesData, isAtTime: form.isAtTime,
            splits: form.splits)
    }
}

extension PairCreate.Form {
    /// `-m`: the units of the bitmap are the array's own here, and are accepted.
    mutating func takeMode(_ value: String) throws(HorcmFailure) {
        switch value {
        case "noread": refusesReads = true
        case "grp": isAtTime = true
        case "cyl", "trk": return
        case _: throw HorcmFailure(.invalidArgument, "-m takes noread, cyl, trk or grp, not '\(value)'.")
        }
    }
}
