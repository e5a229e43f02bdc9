// raidvchkscan: the guards of a port's volumes, and the journals and consistency groups of arrays.
//
// - Source: RAID Manager reference, sections 2.15 and 3.8.

internal import CommandDevice
internal import ReplicationCore

package struct RaidVchkScan: Command {
    package static let name = "raidvchkscan"
    package static let summary = "show the guards of a port, or the journals and groups of arrays"
    package static let helpColumn = 26

    package struct Form: CommandForm {
        var view: String?
        var port: String?
        var target: UInt16?
        var lun: UInt16?
        var serial: ArraySerial?
        var unit: Int?
        var isHexadecimal = false

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        [
            CommandOption("-v <jnl|ctg|gflag> [unit]", "Specify what is shown, and of which unit", .several, "2.15") {
                (form, option, arguments) throws(HorcmFailure) in
                form.view = try arguments.value(of: option)
                form.unit = arguments.optionalNumber(UInt8.self).map { Int($0) }
            },
            CommandOption("-p <port>[-<hgrp>]", "Specify the port", .known, "2.15", names: ["-p"]) {
                (form, option, arguments) throws(HorcmFailure) in
                form.port = try arguments.value(of: option)
            },
            CommandOption("-t <targ>", "Specify the target ID", .known, "2.15") {
                (form, option, arguments) throws(HorcmFailure) in
                form.target = try arguments.number(of: option, in: 0...UInt16.max)
            },
            CommandOption("-l <lun>", "Specify the logical unit", .known, "2.15") {
                (form, option, arguments) throws(HorcmFailure) in
                form.lun = try arguments.number(of: option, in: 0...UInt16.max)
            },
            CommandOption("-s <seq#>", "Specify the array by its serial", .known, "2.15") {
                (form, option, arguments) throws(HorcmFailure) in
                form.serial = ArraySerial(try arguments.number(of: option, in: 0...UInt64.max))
            },
            CommandOption("-u <unit>", "Specify the array by its place in HORCM_CMD", .known, "2.15") {
                (form, option, arguments) throws(HorcmFailure) in
                form.unit = try arguments.number(of: option, in: 0...63)
            },
            .flag("-fx", "Show LDEV# in hexadecimal", .known, "2.15") { $0.isHexadecimal = true },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "shown", .several, "4.5"), .error(.notSupported, .ours, "2.15"),
            .error(.unitNotConnected, .known, "4.6"), .error(.commandDeviceFailed, .one, "4.6"),
        ] + ExitMeaning.ofAll
    }

    package static let matrix = [
        MatrixLine("raidvchkscan -v jnl"), MatrixLine("raidvchkscan -v jnl 0"), MatrixLine("raidvchkscan -v ctg -u 0"),
        MatrixLine("raidvchkscan -v gflag -p {port}"),
        MatrixLine("raidvchkscan -v gflag -p {port} -t 0 -l 0 -fx -s {serial}"),
    ]

    private let form: Form
    private let view: String

    package init(_ form: Form) throws(HorcmFailure) {
        guard let view = form.view else { throw .missing("-v <jnl|ctg|gflag>") }
        guard view != "gflag" || form.port != nil else { throw .missing("-p <port>") }
        self.form = form
        self.view = view
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let units = try session.information().arrays.map(\.serial)
        // Without a choice journals and groups are those of all arrays.
        let serials = try UnitChoice(serial: form.serial, unit: form.unit).serials(units)
        let lines: [String]
        switch view {
        case "jnl": lines = try journals(serials, session)
        case "ctg": lines = try groups(serials, session)
        case "gflag": lines = try guards(serials.first, session)
        case _:
            throw HorcmFailure(
                .notSupported, "The arrays of the bench have no '\(view)' to show. Use jnl, ctg or gflag.")
        }
        for line in lines { session.show(line) }
        return 0
    }

    private func journals(_ serials: [ArraySerial], _ session: any HorcmSession) throws(HorcmFailure) -> [String] {
        var rows: [JournalScreen.Row] = []
        for serial in serials {
            guard case .journals(let journals) = try session.inventory(.journals, serial) else { continue }
            rows += journals.map { JournalScreen.Row($0, in: serial) }
        }
        return JournalScreen.table.lines(rows)
    }

    private func groups(_ serials: [ArraySerial], _ session: any HorcmSession) throws(HorcmFailure) -> [String] {
        var rows: [GroupScreen.Row] = []
        for serial in serials {
            guard case .consistencyGroups(let groups) = try session.inventory(.consistencyGroups, serial) else {
                continue
            }
            rows += groups.map { GroupScreen.Row($0, in: serial) }
        }
        return GroupScreen.table.lines(rows)
    }

    private func guards(_ serial: ArraySerial?, _ session: any HorcmSession) throws(HorcmFailure) -> [String] {
        guard let serial else { throw HorcmFailure(.commandDeviceFailed, "The instance reaches no array.") }
        let choice = PathChoice(port: form.port, target: form.target, lun: form.lun)
        let volumes = try session.scan(serial, choice, mode: .horc, mirrors: [0])
        let guards = try session.guards(volumes.map(\.snapshot.ldev), serial)
        return GuardScreen.port(isHexadecimal: form.isHexadecimal)
            .lines(zip(volumes, guards).map { ScannedGuard(scanned: $0, guarded: $1) })
    }
}
