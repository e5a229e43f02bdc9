// raidcom get path: the paths to external storage. The bench's arrays have none: the heading is all there is. The paths
// between arrays are those of `get rcu`.
//
// - Source: HPE XP7 listings (pasted).

internal import CommandDevice

struct GetPath: RaidcomAction {
    static let words = "get path"
    static let summary = "Show the paths to external storage"
    static let certainty = Certainty.real

    struct Form: CommandForm {
        var group: UInt16?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-path_grp <number>", "Specify the path group", .real, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.group = try arguments.number(of: option, in: 1...63_231)
            }
        ]
    }

    static var exits: [ExitMeaning] { [.error(.noSuchObject, .real, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom get path -s {serial}"), MatrixLine("raidcom get path -path_grp 1 -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard form.group == nil else { throw HorcmFailure(.noSuchObject) }
        array.show([ExternalPathScreen.header.value])
        return 0
    }
}
