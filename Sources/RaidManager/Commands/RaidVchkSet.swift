// raidvchkset: guards volumes. The checks of a database's blocks (`-vt`, `-vs`) are refused: the bench's arrays look at no
// block.
//
// - Source: RAID Manager reference, section 2.15.

internal import CommandDevice
internal import ReplicationCore

package struct RaidVchkSet: Command {
    package static let name = "raidvchkset"
    package static let summary = "guard volumes against hosts and copies"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        /// nil: `-vg` was not given.
        var guarded: GuardFlags?
        var retentionDays: UInt16 = 0
        var wantsChecks = false

        package init() {}
    }

    /// What each type refuses.
    private static let types: [(name: String, flags: GuardFlags)] = [
        ("inv", [.inquiry, .capacity, .read, .write]), ("sz0", [.capacity, .read, .write]), ("rwd", [.read, .write]),
        ("wtd", [.write]), ("svd", [.secondary]),
    ]

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            CommandOption("-vg [inv|sz0|rwd|wtd|svd] [rtime]", "Set guards and days of retention", .one, "2.15") {
                (form, option, arguments) throws(HorcmFailure) in
                form.guarded = []
                while let word = arguments.next(if: { word in types.contains { $0.name == word } }) {
                    form.guarded?.formUnion(types.first { $0.name == word }?.flags ?? [])
                }
                if let days = arguments.optionalNumber(UInt16.self) { form.retentionDays = days }
            },
            CommandOption("-vt [type]", "Check database blocks", .one, "2.15", isInHelp: false) {
                (form, option, arguments) throws(HorcmFailure) in
                _ = arguments.next(if: { !$0.hasPrefix("-") })
                form.wantsChecks = true
            },
            CommandOption("-vs [bsize [slba elba]]", "Set the size of checked blocks", .one, "2.15", isInHelp: false) {
                (form, option, arguments) throws(HorcmFailure) in
                while arguments.next(if: { !$0.hasPrefix("-") }) != nil {}
                form.wantsChecks = true
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "set", .several, "4.5"), .error(.retentionForbids, .one, "2.15"),
            .error(.notSupported, .ours, "2.15"),
        ] + ExitMeaning.ofVolumes
    }

    package static let matrix = [
        MatrixLine("raidvchkset -g {group} -vg wtd", changes: true),
        MatrixLine("raidvchkset -d {file} -vg rwd svd", changes: true),
        MatrixLine("raidvchkset -dg {serial} {ldev} -vg inv 1", changes: true),
        MatrixLine("raidvchkset -g {group} -vg", changes: true), MatrixLine("raidvchkset -g {group} -vt redo8"),
        MatrixLine("raidvchkset -g {group} -vs 2"),
    ]

    private let target: VolumeTarget
    private let form: Form

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        guard form.guarded != nil || form.wantsChecks else { throw .missing("-vg, -vt or -vs") }
        self.form = form
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        guard let flags = form.guarded, !form.wantsChecks else {
            throw HorcmFailure(.notSupported, "The arrays of the bench check no blocks.")
        }
        let volumes = try session.localVolumes(target, mode)
        var serials: [ArraySerial] = []
        for volume in volumes where !serials.contains(volume.report.serial) { serials.append(volume.report.serial) }
        for serial in serials {
            let mine = volumes.filter { $0.report.serial == serial }
            let ldevs = mine.compactMap(\.report.ldev)
            guard ldevs.count == mine.count else { throw HorcmFailure(.noSuchLDEV) }
            switch try session.array(.guards(.set(ldevs, flags, retentionDays: form.retentionDays)), serial) {
            case .done: continue
            case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
            case .identity, .volumes, .inventory, .journal, .guards, .administration:
                throw HorcmFailure(.invalidReturnCode)
            }
        }
        return 0
    }
}
