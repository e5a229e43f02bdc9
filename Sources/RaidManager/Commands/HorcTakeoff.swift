// horctakeoff: turns three data centres in a star into three in a chain while the hosts go on working. A bench is two
// arrays, and a volume of it has one remote pair at most: there is never such a star. The command makes the checks that
// lead to this and refuses, as the real one refuses volumes that are in no star.
//
// - Source: RAID Manager reference, sections 2.9 and 4.7: name and two sentences of its normal course, which the bench
//   cannot come to. Options and the code of the refusal are ours.

internal import CommandDevice

package struct HorcTakeoff: Command {
    package static let name = "horctakeoff"
    package static let summary = "turn three data centres in a star into a chain; a bench of two arrays has none"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        /// The group between the second and the third array.
        var secondGroup: String?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            CommandOption("-gs <group>", "Specify the group of the other pair", .ours, "2.9", modes: [.horc]) {
                (form, option, arguments) throws(HorcmFailure) in
                form.secondGroup = try arguments.value(of: option)
            },
            CommandOption("-jp <JID>", "Specify the journal of the P-VOL", .ours, "2.9", modes: [.horc]) {
                (_, option, arguments) throws(HorcmFailure) in
                let _: UInt8 = try arguments.number(of: option, in: 0...255)
            },
            CommandOption("-js <JID>", "Specify the journal of the S-VOL", .ours, "2.9", modes: [.horc]) {
                (_, option, arguments) throws(HorcmFailure) in
                let _: UInt8 = try arguments.number(of: option, in: 0...255)
            },
            CommandOption("-t  <timeout>", "Wait so many seconds at most", .ours, "2.9", modes: [.horc]) {
                (_, option, arguments) throws(HorcmFailure) in
                let _: UInt32 = try arguments.number(of: option, in: 0...1_999_999)
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .error(.noCurrentCopy, .ours, "4.7"), .error(.volumesDiffer, .known, "4.7"),
            .error(.invalidMode, .ours, "4.6"),
        ]
            + ExitMeaning.ofVolumes
    }

    package static let matrix = [
        MatrixLine("horctakeoff -g {group} -gs {group} -jp 0 -js 1 -t 30", modes: [.horc]),
        MatrixLine("horctakeoff -d {volume}", modes: [.horc]), MatrixLine("horctakeoff -dg {file}", modes: [.horc]),
    ]

    private let target: VolumeTarget
    private let secondGroup: String?

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        secondGroup = form.secondGroup
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        guard mode == .horc else { throw HorcmFailure(.invalidMode, "Only remote copies are taken off.") }
        let local = try session.localVolumes(target, mode)
        _ = try GroupRules.attribute(of: local)
        _ = try session.pairs(of: local)
        if let secondGroup { _ = try session.localVolumes(.group(secondGroup), mode) }
        throw HorcmFailure(.noCurrentCopy, "The volumes have one remote pair each: they are in no three data centres.")
    }
}
