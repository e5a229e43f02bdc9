// findcmddev: the command devices of the host, on stdout and in `findcmddev.log` in the current folder.
//
// - Source: RAID Manager reference, section 2.17; arguments and rows are known of the manuals, for hosts whose device files
//   are not all there until they are opened.

internal import CommandDevice
internal import ReplicationCore

package struct FindCmdDev: Command {
    package static let name = "findcmddev"
    package static let summary = "find the host's command devices"
    package static let place = InstallPlace.horcmOnly

    package struct Form: CommandForm {
        /// What names begin with, and the numbers of those that are looked at. Nothing: all.
        var prefix: String?
        var numbers: ClosedRange<UInt32>?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        [
            CommandOption("<name> <min> <max>", "Look at these device files only", .known, "2.17", names: ["*"]) {
                (form, option, arguments) throws(HorcmFailure) in
                guard !option.hasPrefix("-") else { throw .unknown(option) }
                form.prefix = option
                let first: UInt32 = try arguments.number(of: option, in: 0...9999)
                form.numbers = first...(try arguments.number(of: option, in: first...9999))
            }
        ]
    }

    package static var exits: [ExitMeaning] {
        [.status(0, "searched", .known, "2.17"), .error(.unknownOption, .known, "2.1")]
    }

    package static let matrix = [MatrixLine("findcmddev"), MatrixLine("findcmddev dm- 0 100")]

    private let form: Form

    package init(_ form: Form) { self.form = form }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let found = session.machine.devices.devices.filter { $0.kind == .command && fits($0.name) }
        let lines = found.map { "cmddev of Ser#\(String($0.serial.value).right(8)) = \($0.name)" }
        for line in lines { session.show(line) }
        try session.machine.write(lines.map { $0 + "\n" }.joined(), to: "findcmddev.log")
        return 0
    }

    private func fits(_ name: String) -> Bool {
        guard let prefix = form.prefix, let numbers = form.numbers else { return true }
        let short = name.withoutDeviceFolder
        guard short.hasPrefix(prefix), let number = decimal(short.dropFirst(prefix.count), as: UInt32.self) else {
            return false
        }
        return numbers.contains(number)
    }
}
