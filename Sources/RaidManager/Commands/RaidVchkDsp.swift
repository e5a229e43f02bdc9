// raidvchkdsp: the guards of a group's volumes.
//
// - Source: RAID Manager reference, section 2.15.

internal import CommandDevice
internal import ReplicationCore

package struct RaidVchkDsp: Command {
    package static let name = "raidvchkdsp"
    package static let summary = "show the guards of volumes"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var view = "cflag"
        var isHexadecimal = false

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            CommandOption("-v <gflag>", "Specify what is shown", .several, "2.15") {
                (form, option, arguments) throws(HorcmFailure) in
                form.view = try arguments.value(of: option)
            },
            .flag("-fx", "Show LDEV# in hexadecimal", .known, "2.15") { $0.isHexadecimal = true },
        ]
    }

    package static var exits: [ExitMeaning] {
        [.status(0, "shown", .several, "4.5"), .error(.notSupported, .ours, "2.15")] + ExitMeaning.ofVolumes
    }

    package static let matrix = [
        MatrixLine("raidvchkdsp -g {group} -v gflag"), MatrixLine("raidvchkdsp -d {file} -v gflag -fx"),
        MatrixLine("raidvchkdsp -dg {serial} {ldev} -v gflag"), MatrixLine("raidvchkdsp -g {group} -v cflag"),
    ]

    private let target: VolumeTarget
    private let form: Form

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        self.form = form
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        guard form.view == "gflag" else {
            throw HorcmFailure(.notSupported, "The arrays of the bench have no '\(form.view)' to show. Use -v gflag.")
        }
        let reports = try session.localVolumes(target, mode).map(\.report)
        var rows: [GuardRow] = []
        for report in reports {
            guard let ldev = report.ldev else { throw HorcmFailure(.noSuchLDEV) }
            let guards = try session.guards([ldev], report.serial)
            guard let guarded = guards.first else { throw HorcmFailure(.invalidReturnCode) }
            rows.append(GuardRow(report: report, guarded: guarded))
        }
        for line in GuardScreen.group(isHexadecimal: form.isHexadecimal).lines(rows) { session.show(line) }
        return 0
    }
}

extension HorcmSession {
    func guards(_ ldevs: [LDEVNumber], _ serial: ArraySerial) throws(HorcmFailure) -> [GuardSnapshot] {
        switch try array(.guards(.show(ldevs)), serial) {
        case .guards(let guards): return guards
        case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
        case .identity, .volumes, .done, .inventory, .journal, .administration: throw HorcmFailure(.invalidReturnCode)
        }
    }
}
