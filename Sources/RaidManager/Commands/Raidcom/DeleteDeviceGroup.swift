// raidcom delete device_grp: takes volumes out of a group. The last one takes the group away.
//
// - Source: clients order it with the number alone (CIN) and with the name before it (HIR). That the name alone will do is
//   known of the published manuals.

internal import CommandDevice
internal import ReplicationCore

struct DeleteDeviceGroup: RaidcomAction {
    static let words = "delete device_grp"
    static let summary = "Take LDEVs out of a device group"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var group: String?
        var name: String?
        var ldevs: LDEVRange?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption(
                "-device_grp_name <group> [<name>]", "Specify the group, and the LDEV's name", .several, "2.16"
            ) {
                (form, option, arguments) throws(HorcmFailure) in
                form.group = try arguments.value(of: option)
                form.name = arguments.next { !$0.hasPrefix("-") }
            },
            CommandOption("-ldev_id <ldev#>", "Specify the LDEVs", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.ldevs = try LDEVRange(parsing: try arguments.value(of: option))
            },
        ]
    }

    static var exits: [ExitMeaning] {
        [.error(.rejectedByArray, .several, "2.16"), .error(.noSuchObject, .ours, "2.16")]
    }

    static let matrix = [
        MatrixLine(
            "raidcom delete device_grp -device_grp_name more {volume} -ldev_id {ldev} -s {serial}", changes: true)
    ]

    private let change: GroupChange

    init(_ form: Form) throws(HorcmFailure) {
        guard let group = form.group, form.name != nil || form.ldevs != nil else {
            throw HorcmFailure(.argumentMissing)
        }
        change = .remove(ldevs: form.ldevs?.numbers, name: form.name, from: group)
    }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        _ = try array.administer(.changeGroups(change, array.client))
        return 0
    }
}
