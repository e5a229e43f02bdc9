// raidcom get rcu: the arrays at the other ends of the links, and how many of the paths there work.
//
// - Source: RAID Manager reference, section 2.16, names the command alone; that the remote serial is the first field of a
//   row is what a client reads (HIR).

internal import CommandDevice
internal import ReplicationCore

struct GetRCU: RaidcomAction {
    static let words = "get rcu"
    static let summary = "Show the remote arrays and the paths to them"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var serial: ArraySerial?
        var pathGroup: UInt8?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-cu_free <serial#> <id> <pid>", "Specify the remote array and path group", .several, "2.16")
            {
                (form, option, arguments) throws(HorcmFailure) in
                form.serial = ArraySerial(try arguments.number(of: option, in: 0...UInt64.max))
                // The model of the remote array, such as R800: it says nothing that the serial does not.
                _ = try arguments.value(of: option)
                form.pathGroup = try arguments.number(of: option, in: 0...UInt8.max)
            }
        ]
    }

    static var exits: [ExitMeaning] { [.error(.noSuchObject, .real, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom get rcu -s {serial}"), MatrixLine("raidcom get rcu -cu_free 30054 R800 0 -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard case .remoteArrays(let all) = try array.session.inventory(.remoteArrays, array.serial) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        let remote = all.filter { form.serial == nil || $0.serial == form.serial && $0.pathGroup == form.pathGroup }
        guard form.serial == nil || !remote.isEmpty else { throw HorcmFailure(.noSuchObject) }
        array.show(RemoteArrayScreen.table.lines(remote))
        return 0
    }
}
