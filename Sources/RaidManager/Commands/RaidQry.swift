// raidqry: the instances, their arrays and their groups.
//
// - Source: RAID Manager reference, sections 2.10 and 3.9.

internal import CommandDevice
internal import ReplicationCore

package struct RaidQry: Command {
    package static let name = "raidqry"
    package static let summary = "show the instances, their arrays and their groups"
    package static let helpColumn = 15

    enum Question: Hashable, Sendable {
        case local
        case remote(String)
        case groups
    }

    package struct Form: CommandForm {
        var question: Question?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        [
            .flag("-g", "Specify for getting all group name on local", .real, "2.1") { $0.question = .groups },
            .flag("-l", "Specify the local query", .real, "2.1") { $0.question = .local },
            CommandOption("-r <group>", "Specify the remote query", .several, "2.10") {
                (form, option, arguments) throws(HorcmFailure) in
                form.question = .remote(try arguments.value(of: option))
            },
            .flag("-f", "Specify display for floatable host", .several, "2.10") { _ in },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "shown", .several, "4.5"), .error(.noSuchDeviceOrGroup, .one, "4.6"),
            .error(.noRemoteHost, .several, "1.12"),
        ] + ExitMeaning.ofAll
    }

    package static let matrix = [
        MatrixLine("raidqry -l"), MatrixLine("raidqry -g"), MatrixLine("raidqry -r {group}"),
        MatrixLine("raidqry -r {group} -f"), MatrixLine("raidqry -l -f"),
    ]

    private let question: Question

    package init(_ form: Form) throws(HorcmFailure) {
        guard let question = form.question else { throw .missing("-l, -r <group> or -g") }
        self.question = question
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let lines: [String]
        switch question {
        case .local: lines = QueryScreen.hosts(try session.information(), group: "---")
        case .remote(let group):
            lines = QueryScreen.hosts(try session.information(at: .remote, group: group), group: group)
        case .groups: lines = QueryScreen.groups(try session.information())
        }
        for line in lines { session.show(line) }
        return 0
    }
}

package enum QueryScreen {
    /// `%4d%7s%12s%14s%6s%9s%15s%12s`
    package static func hosts(_ information: InstanceInformation, group: String) -> [String] {
        var lines = ["  No  Group    Hostname     HORCM_ver   Uid   Serial#   Micro_ver     Cache(MB)"]
        for (unit, array) in information.arrays.enumerated() {
            lines.append(
                "\((unit + 1).right(4))\(spaced(group, 7))\(spaced(information.host, 12))"
                    + "\(spaced(information.version, 14))\(unit.right(6))\(spaced(String(array.serial.value), 9))"
                    + "\(spaced(array.microcode, 15))\(array.cacheMebibytes.right(12))")
        }
        return lines
    }

    /// Rows begin with a blank: a client counts on it.
    static func groups(_ information: InstanceInformation) -> [String] {
        var lines = ["GNo Group  RAID_type IV/H IV/M MUs"]
        for (index, group) in information.groups.enumerated() {
            // A width of its own kind of array: 12 and 9 internal volumes for each mode, 4 mirrors.
            lines.append("\((index + 1).right(2))  \(group.name)  HTC_RAID 12 9 4")
        }
        return lines
    }

    /// A value that is too long still keeps one blank before it.
    private static func spaced(_ text: String, _ width: Int) -> String { " " + text.right(width - 1) }
}
