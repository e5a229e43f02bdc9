// raidcom lock resource: a group of resources for this session alone.
//
// - Source: RAID Manager reference, section 2.16; the syntax is in HP's P9500 and P9000 RAID Manager user guides.

internal import CommandDevice
internal import ReplicationCore

struct LockResource: RaidcomAction {
    static let words = "lock resource"
    static let summary = "Lock resource groups for this session"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var resource: String?
        var seconds: UInt32 = 0
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-resource_name <name>", "Specify the resource group; without it all", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.resource = try arguments.value(of: option)
            },
            CommandOption("-time <seconds>", "Wait so long for a lock that another holds", .known, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.seconds = try arguments.number(of: option, in: 0...longestWait)
            },
        ]
    }

    /// - Source: the range that a client's own option takes (CIN).
    private static let longestWait: UInt32 = 7200

    static var exits: [ExitMeaning] {
        [.error(.rejectedByArray, .several, "2.16"), .error(.noSuchObject, .real, "2.16")]
    }

    static let matrix = [
        MatrixLine("raidcom lock resource -resource_name meta_resource -time 1 -s {serial}", changes: true)
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        try array.administer(.lock(resource: form.resource, array.client), waitingForLock: form.seconds)
        return 0
    }
}
