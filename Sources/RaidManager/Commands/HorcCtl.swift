// horcctl: the instance itself: shut it down, show its command device and its partners' addresses.
//
// - Source: RAID Manager reference, section 2.14.

internal import CommandDevice

package struct HorcCtl: Command {
    package static let name = "horcctl"
    package static let summary = "shut an instance down, show its command device and its partners' addresses"
    package static let helpColumn = 15

    enum Question: Hashable, Sendable {
        case shutDown
        case commandDevice
        case address
    }

    package struct Form: CommandForm {
        var question: Question?
        var unit = 0
        var group: String?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        [
            .flag("-S", "Shut the instance down", .several, "2.14") { $0.question = .shutDown },
            .flag("-D", "Show the command device in use", .several, "2.14") { $0.question = .commandDevice },
            CommandOption("-u <unit>", "Specify the array", .several, "2.14") {
                (form, option, arguments) throws(HorcmFailure) in
                form.unit = try arguments.number(of: option, in: 0...63)
            },
            .flag("-ND", "Show the partner's network address (with -g)", .one, "2.14") { $0.question = .address },
            CommandOption("-g <group>", "Specify the group_name", .one, "2.14") {
                (form, option, arguments) throws(HorcmFailure) in
                form.group = try arguments.value(of: option)
            },
        ] + tracing
    }

    /// Tracing is accepted and has no effect.
    private static var tracing: [CommandOption<Form>] {
        ["-l", "-b", "-s", "-t"].map { name in
            CommandOption("\(name) [value]", "Tracing, without effect", .several, "2.14", isInHelp: false) {
                _, _, arguments in
                _ = arguments.next { !$0.hasPrefix("-") }
            }
        } + [.flag("-c", "Tracing, without effect", .several, "2.14", isInHelp: false) { _ in }]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "done", .several, "4.5"), .error(.noSuchDevice, .known, "4.6"),
            .error(.noSuchDeviceOrGroup, .one, "4.6"),
        ] + ExitMeaning.ofAll
    }

    package static let matrix = [
        MatrixLine("horcctl -D"), MatrixLine("horcctl -D -u 0"), MatrixLine("horcctl -ND -g {group}"),
        MatrixLine("horcctl -l 4 -b 1 -s 100 -t 1 -c"), MatrixLine("horcctl -S", changes: true),
    ]

    private let question: Question?
    private let unit: Int
    private let group: String?

    package init(_ form: Form) throws(HorcmFailure) {
        question = form.question
        unit = form.unit
        group = form.group
        if question == .address && group == nil { throw .missing("-g <group>") }
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        switch question {
        case .shutDown: try shutDown(session)
        case .commandDevice:
            let devices = try session.information().commandDevices
            guard devices.indices.contains(unit) else { throw HorcmFailure(.noSuchDevice) }
            session.show(Sentence.controlDevice(devices[unit]))
        case .address:
            guard let found = try session.information().groups.first(where: { $0.name == group }) else {
                throw HorcmFailure(.noSuchDeviceOrGroup)
            }
            session.show(Sentence.networkAddress(found.address, found.service))
        case nil: _ = try session.information()
        }
        return 0
    }

    private func shutDown(_ session: any HorcmSession) throws(HorcmFailure) {
        let instance = try session.information().instance
        switch try session.ask(.shutDown) {
        case .done: session.show(Sentence.shutDown(instance.map { "inst \($0) " } ?? ""))
        case .failed(let failure): throw failure
        case .information, .volumes, .array, .isThere, .events: throw HorcmFailure(.invalidReturnCode)
        }
    }
}
