// raidcom add copy_grp: makes a group of pairs of a device group, or of two that hold both halves of local pairs. Its mirror
// is that of an instance whose HORCM_LDEVG names it.
//
// - Source: one client writes the device groups behind the copy group's name (CIN), another one behind an option of their
//   own (HIR).

internal import CommandDevice
internal import ReplicationCore

struct AddCopyGroup: RaidcomAction {
    static let words = "add copy_grp"
    static let summary = "Make a copy group of device groups"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var name: String?
        var deviceGroups: [String] = []
        var mirror: UInt8?
        var journal: UInt8?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption(
                "-copy_grp_name <group> [<device_grp> [<device_grp>]]",
                "Specify its name, and the device groups", .several, "2.16"
            ) {
                (form, option, arguments) throws(HorcmFailure) in
                form.name = try GroupNames.name(of: option, &arguments)
                while form.deviceGroups.count < 2, let group = arguments.next(if: { !$0.hasPrefix("-") }) {
                    form.deviceGroups.append(group)
                }
            },
            CommandOption("-device_grp_name <group>", "Specify a device group", .one, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.deviceGroups.append(try arguments.value(of: option))
            },
            CommandOption("-mirror_id <mu#>", "Specify the mirror", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.mirror = try arguments.number(of: option, in: 0...3)
            },
            CommandOption("-journal_id <id>", "Specify the journal to be shown", .known, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.journal = try arguments.number(of: option, in: 0...UInt8.max)
            },
        ]
    }

    static var exits: [ExitMeaning] {
        [.error(.rejectedByArray, .several, "2.16"), .error(.noSuchObject, .ours, "2.16")]
    }

    static let matrix = [
        MatrixLine(
            "raidcom add copy_grp -copy_grp_name more {group}P -mirror_id 0 -journal_id 1 -s {serial}", changes: true),
        MatrixLine(
            "raidcom add copy_grp -copy_grp_name more -device_grp_name {group}S -s {serial}", changes: true),
    ]

    private let change: GroupChange

    init(_ form: Form) throws(HorcmFailure) {
        guard let name = form.name, !form.deviceGroups.isEmpty else { throw HorcmFailure(.argumentMissing) }
        change = .addCopyGroup(
            name, deviceGroups: form.deviceGroups, mirror: form.mirror, journal: form.journal)
    }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        _ = try array.administer(.changeGroups(change, array.client))
        return 0
    }
}
