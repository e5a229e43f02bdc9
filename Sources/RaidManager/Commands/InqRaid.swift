// inqraid: which volume is behind each device file. Asks the arrays itself, so that it works without an instance.
//
// - Source: RAID Manager reference, section 2.13.

internal import CommandDevice
internal import ReplicationCore

package struct InqRaid: Command {
    package static let name = "inqraid"
    package static let summary = "show which volume is behind each device file on stdin"
    package static let place = InstallPlace.horcmOnly

    package struct Form: CommandForm {
        var isCommandLine = false
        var isHexadecimal = false
        var isSorted = false
        var wantsCommandDevices = false

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        [
            .flag("-CLI", "Show fixed columns", .known, "2.13") { $0.isCommandLine = true },
            .flag("-fx", "Show LDEV# in hexadecimal", .known, "2.13") { $0.isHexadecimal = true },
            // Names of Windows volumes; a Linux host has none.
            .flag("-fv", "Show volume names", .known, "2.13", isInHelp: false) { _ in },
            .flag("-sort", "Sort by serial and LDEV#", .real, "1.11") { $0.isSorted = true },
            .flag("-CM", "Show command devices alone; with -CLI as HORCM_CMD", .real, "1.11") {
                $0.wantsCommandDevices = true
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "a volume of an array was found", .known, "2.13"), .status(1, "none was found", .ours, "2.13"),
            .error(.unknownOption, .known, "2.1"),
        ]
    }

    package static let matrix = [
        MatrixLine("inqraid"), MatrixLine("inqraid -CLI"), MatrixLine("inqraid -CLI -fx -fv"),
        MatrixLine("inqraid -sort -CM -CLI"),
    ]

    private let form: Form

    package init(_ form: Form) { self.form = form }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let machine = session.machine
        let names = machine.inputNames()
        var found = machine.find(names)
        if form.wantsCommandDevices { found.removeAll { $0.device.kind != .command } }
        if form.isSorted {
            found.sort { ($0.device.serial, $0.device.ldev) < ($1.device.serial, $1.device.ldev) }
        }
        for line in lines(names, found) { session.show(line) }
        return found.isEmpty ? 1 : 0
    }

    private func lines(_ names: [String], _ found: [FoundDevice]) -> [String] {
        if form.wantsCommandDevices, form.isCommandLine {
            return found.isEmpty ? [] : InquiryScreen.commandDevices(found)
        }
        var rows = found.map { InquiredDevice(name: $0.name, found: $0) }
        // What was asked for in an order of its own, or for one kind alone, leaves out what is no device of an array.
        if !form.isSorted, !form.wantsCommandDevices {
            rows = names.map { name in InquiredDevice(name: name, found: found.first { $0.name == name }) }
        }
        return form.isCommandLine
            ? InquiryScreen.commandLine(isHexadecimal: form.isHexadecimal).lines(rows)
            : rows.flatMap(InquiryScreen.text)
    }
}
