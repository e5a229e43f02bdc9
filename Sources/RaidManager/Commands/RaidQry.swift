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
        var showsAddress = false

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
            .flag("-f", "Specify display for floatable host", .several, "2.10") { $0.showsAddress = true },
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
    /// `-f`: the address under which an instance is found instead of its host's name.
    private let showsAddress: Bool

    package init(_ form: Form) throws(HorcmFailure) {
        guard let question = form.question else { throw .missing("-l, -r <group> or -g") }
        self.question = question
        showsAddress = form.showsAddress
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let lines: [String]
        switch question {
        case .local: lines = QueryScreen.hosts(shown(try session.information()), group: "---")
        case .remote(let group):
            lines = QueryScreen.hosts(shown(try session.information(at: .remote, group: group)), group: group)
        case .groups: lines = QueryScreen.groups(try session.information())
        }
        for line in lines { session.show(line) }
        return 0
    }

    private func shown(_ information: InstanceInformation) -> InstanceInformation {
        var information = information
        if showsAddress { information.host = information.address }
        return information
    }
}

package enum QueryScreen {
    struct HostRow: Sendable {
        var number: Int
        var group: String
        var information: InstanceInformation
        var array: ArrayIdentity
    }

    /// A value that is too long still keeps one blank before it.
    static var hostTable: ScreenTable<HostRow> {
        ScreenTable(
            "raidqry -l",
            header: Fact(
                "  No  Group    Hostname     HORCM_ver   Uid   Serial#   Micro_ver     Cache(MB)", .real, "3.9"),
            [
                Column("No", 4, .real, "3.9", glue: "") { String($0.number) },
                Column("Group", 6, .real, "3.9") { $0.group },
                Column("Hostname", 11, .real, "3.9") { $0.information.host },
                Column("HORCM_ver", 13, .real, "3.9") { $0.information.version },
                Column("Uid", 6, .real, "3.9", glue: "") { String($0.number - 1) },
                Column("Serial#", 8, .real, "3.9") { String($0.array.serial.value) },
                Column("Micro_ver", 14, .real, "3.9") { $0.array.microcode },
                Column("Cache(MB)", 12, .real, "3.9", glue: "") { String($0.array.cacheMebibytes) },
            ])
    }

    package static func hosts(_ information: InstanceInformation, group: String) -> [String] {
        hostTable.lines(
            information.arrays.enumerated().map {
                HostRow(number: $0.offset + 1, group: group, information: information, array: $0.element)
            })
    }

    /// Rows begin with a blank: a client counts on it. The numbers are those of the class of array that the bench stands
    /// for: internal volumes for each mode, and mirrors.
    static var groupTable: ScreenTable<(number: Int, name: String)> {
        ScreenTable(
            "raidqry -g", header: Fact("GNo Group  RAID_type IV/H IV/M MUs", .real, "3.9"),
            [
                Column("GNo", 2, .real, "3.9", glue: "") { String($0.number) },
                Column("Group", 0, .real, "3.9", glue: "  ") { $0.name },
                Column("RAID_type IV/H IV/M MUs", 0, .one, "3.9", glue: "  ") { _ in "HTC_RAID 12 9 4" },
            ])
    }

    static func groups(_ information: InstanceInformation) -> [String] {
        groupTable.lines(information.groups.enumerated().map { (number: $0.offset + 1, name: $0.element.name) })
    }
}
