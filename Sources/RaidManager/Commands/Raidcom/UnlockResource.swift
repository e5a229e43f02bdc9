// raidcom unlock resource: gives a group of resources back.
//
// - Source: RAID Manager reference, section 2.16; the syntax is in HP's P9500 and P9000 RAID Manager user guides.

internal import CommandDevice

struct UnlockResource: RaidcomAction {
    static let words = "unlock resource"
    static let summary = "Unlock resource groups that this session holds"
    static let certainty = Certainty.several

    struct Form: CommandForm {
        var resource: String?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-resource_name <name>", "Specify the resource group; without it all", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.resource = try arguments.value(of: option)
            }
        ]
    }

    static var exits: [ExitMeaning] {
        [.error(.rejectedByArray, .several, "2.16"), .error(.noSuchObject, .real, "2.16")]
    }

    static let matrix = [
        MatrixLine("raidcom unlock resource -resource_name meta_resource -s {serial}", changes: true)
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        _ = try array.administer(.unlock(resource: form.resource, array.client))
        return 0
    }
}
