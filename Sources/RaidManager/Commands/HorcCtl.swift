// horcctl: the instance itself: shut it down, show and change its command device and its partners' addresses.
//
// - Source: RAID Manager reference, section 2.14.

internal import CommandDevice

package struct HorcCtl: Command {
    package static let name = "horcctl"
    package static let summary = "shut an instance down, show or change its command device and its partners' addresses"
    package static let helpColumn = 15

    enum Question: Hashable, Sendable {
        case shutDown
        case commandDevice(countsInstances: Bool)
        case otherCommandDevice
        case address
        case otherAddress
    }

    package struct Form: CommandForm {
        var question: Question?
        var unit: UInt8 = 0
        var group: String?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        [
            .flag("-S", "Shut the instance down", .several, "2.14") { $0.question = .shutDown },
            .flag("-D", "Show the command device in use", .several, "2.14") {
                $0.question = .commandDevice(countsInstances: false)
            },
            .flag("-DI", "The same, with the number of instances", .one, "2.14") {
                $0.question = .commandDevice(countsInstances: true)
            },
            .flag("-C", "Change to the alternate command device", .several, "2.14") {
                $0.question = .otherCommandDevice
            },
            CommandOption("-u <unit>", "Specify the array", .several, "2.14") {
                (form, option, arguments) throws(HorcmFailure) in
                form.unit = try arguments.number(of: option, in: 0...63)
            },
            .flag("-ND", "Show the partner's network address (with -g)", .one, "2.14") { $0.question = .address },
            .flag("-NC", "Change the partner's network address (with -g)", .known, "2.14") {
                $0.question = .otherAddress
            },
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
        } + [
            .flag("-c", "Tracing of the instance, without effect", .several, "2.14", isInHelp: false) { _ in },
            .flag("-d", "Tracing of the commands, without effect", .known, "2.14", isInHelp: false) { _ in },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "done", .several, "4.5"), .error(.noSuchDevice, .known, "4.6"),
            .error(.noSuchDeviceOrGroup, .one, "4.6"), .error(.commandDeviceFailed, .one, "4.6"),
        ] + ExitMeaning.ofAll
    }

    package static let matrix = [
        MatrixLine("horcctl -D"), MatrixLine("horcctl -D -u 0"), MatrixLine("horcctl -DI"),
        MatrixLine("horcctl -ND -g {group}"), MatrixLine("horcctl -l 4 -b 1 -s 100 -t 1 -c -d"),
        MatrixLine("horcctl -C", changes: true), MatrixLine("horcctl -NC -g {group}", changes: true),
        MatrixLine("horcctl -S", changes: true),
    ]

    private let question: Question?
    private let unit: UInt8
    /// Empty where no question needs one.
    private let group: String

    package init(_ form: Form) throws(HorcmFailure) {
        question = form.question
        unit = form.unit
        group = form.group ?? ""
        let needsGroup = question == .address || question == .otherAddress
        if needsGroup && form.group == nil { throw .missing("-g <group>") }
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        switch question {
        case .shutDown: try shutDown(session)
        case .commandDevice(let countsInstances): try showCommandDevice(countsInstances, session)
        case .otherCommandDevice:
            let replacement = try order(.switchCommandDevice(unit: unit), session)
            session.show(Sentence.controlDeviceChanged(replacement.before, replacement.after))
        case .address:
            guard let found = try session.information().groups.first(where: { $0.name == group }) else {
                throw HorcmFailure(.noSuchDeviceOrGroup)
            }
            session.show(Sentence.networkAddress(found.address, found.service))
        case .otherAddress:
            let replacement = try order(.changePartner(group: group), session)
            session.show(Sentence.networkAddressChanged(replacement.before, replacement.after))
        case nil: _ = try session.information()
        }
        return 0
    }

    /// An asterisk behind the device: protection mode.
    private func showCommandDevice(_ countsInstances: Bool, _ session: any HorcmSession) throws(HorcmFailure) {
        let information = try session.information()
        guard information.commandDevices.indices.contains(Int(unit)) else { throw HorcmFailure(.noSuchDevice) }
        let device = information.commandDevices[Int(unit)]
        session.show(Sentence.controlDevice(device + (information.isProtected ? "*" : "")))
        guard countsInstances else { return }
        let serial = information.arrays[Int(unit)].serial
        let all = [information] + session.neighbours
        // A bench has no instances that live for one command; those of other hosts are not known here.
        let ofArray = all.filter { $0.arrays.contains { $0.serial == serial } }
        let own = ofArray.filter { $0.commandDevices.contains(device) }
        session.show(Sentence.instanceCounts("\(ofArray.count)", "0", "\(own.count)"))
    }

    private func order(_ order: InstanceControl, _ session: any HorcmSession) throws(HorcmFailure) -> Replacement {
        switch try session.ask(.control(order)) {
        case .replaced(let replacement): return replacement
        case .failed(let failure): throw failure
        case .information, .volumes, .array, .isThere, .events, .done: throw HorcmFailure(.invalidReturnCode)
        }
    }

    private func shutDown(_ session: any HorcmSession) throws(HorcmFailure) {
        let instance = try session.information().instance
        switch try session.ask(.shutDown) {
        case .done: session.show(Sentence.shutDown(instance.map { "inst \($0) " } ?? ""))
        case .failed(let failure): throw failure
        case .information, .volumes, .array, .isThere, .events, .replaced: throw HorcmFailure(.invalidReturnCode)
        }
    }
}
