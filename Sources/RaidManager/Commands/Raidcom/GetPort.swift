// raidcom get port: the ports over which hosts reach volumes, or who has logged in at one.
//
// - Source: a pasted listing of a VSP in a collector's tests, and the rows of OpenStack's (CIN).

internal import CommandDevice

struct GetPort: RaidcomAction {
    static let words = "get port"
    static let summary = "Show the ports, or the hosts at one"
    static let certainty = Certainty.real

    struct Form: CommandForm {
        var port: String?
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-port <port>", "Show who has logged in at this port", .several, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                let text = try arguments.value(of: option)
                guard let port = VolumePath.port(parsing: text) else { throw HorcmFailure(.invalidArgument) }
                form.port = port
            }
        ]
    }

    static var exits: [ExitMeaning] { [.error(.noSuchObject, .ours, "2.16")] }

    static let matrix = [
        MatrixLine("raidcom get port -s {serial}"), MatrixLine("raidcom get port -port CL1-A -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) { self.form = form }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        guard case .ports(let ports) = try array.session.inventory(.ports, array.serial) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        guard let port = form.port else {
            array.show(PortScreen.table.lines(ports.map { PortRow(port: $0, serial: array.serial) }))
            return 0
        }
        guard ports.contains(where: { $0.name == port }) else { throw HorcmFailure(.noSuchObject) }
        // A host of the bench reaches volumes without a host bus adapter: nobody ever logs in.
        array.show([PortScreen.logins.value])
        return 0
    }
}
