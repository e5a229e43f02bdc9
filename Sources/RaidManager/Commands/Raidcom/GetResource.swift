// raidcom get resource: the groups of resources, and who holds each.
//
// - Source: RAID Manager reference, section 2.16; the screen is pasted in a notebook (NB).

internal import CommandDevice
internal import ReplicationCore

struct GetResource: RaidcomAction {
    static let words = "get resource"
    static let summary = "Show the resource groups and their locks"
    static let certainty = Certainty.real

    struct Form: CommandForm {
        var showsIdentity = false
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-key <opt>", "Show virtual serials instead of locks", .real, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                guard try arguments.value(of: option) == "opt" else { throw HorcmFailure(.invalidArgument) }
                form.showsIdentity = true
            }
        ]
    }

    static let matrix = [
        MatrixLine("raidcom get resource -s {serial}"), MatrixLine("raidcom get resource -key opt -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        let rows = try array.resources().map { ResourceRow(resource: $0, serial: array.serial) }
        array.show((form.showsIdentity ? ResourceScreen.identity : ResourceScreen.locks).lines(rows))
        return 0
    }
}
