// paircurchk: lists the secondaries whose data are not sure to be current.
//
// - Source: RAID Manager reference, section 5.7.

internal import CommandDevice
internal import ReplicationCore

package struct PairCurChk: Command {
    package static let name = "paircurchk"
    package static let summary = "list the secondaries whose data are not sure to be current"

    package struct Form: TargetForm {
        package var targets = TargetOptions()

        package init() {}
    }

    package static var options: [CommandOption<Form>] { Form.targetOptions }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "every volume is sure", .several, "4.5"), .error(.secondaryNotCurrent, .several, "4.5"),
        ] + ExitMeaning.ofVolumes
    }

    package static let matrix = [
        MatrixLine("paircurchk -g {group}"), MatrixLine("paircurchk -d {volume}"), MatrixLine("paircurchk -dg {file}"),
    ]

    private let target: VolumeTarget

    package init(_ form: Form) throws(HorcmFailure) { target = try form.targets.required() }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let lines = CurrencyScreen.lines(try session.localVolumes(target, mode))
        guard !lines.isEmpty else { return 0 }
        for line in lines { session.show(line) }
        throw HorcmFailure(.secondaryNotCurrent)
    }
}

/// The listing, which horctakeover shows as well.
enum CurrencyScreen {
    static let header = "Group  Pair vol       Port  targ# lun# LDEV#...Volstat Status Fence  To be.."

    /// Nothing if every volume is sure.
    static func lines(_ views: [VolumeView]) -> [String] {
        let rows = views.compactMap { view in Currency.of(view).word.map { row(view, $0) } }
        return rows.isEmpty ? [] : [header] + rows
    }

    private static func row(_ view: VolumeView, _ word: String) -> String {
        let path = view.report.path
        let place =
            (path?.port ?? "-").left(5) + (path.map { String($0.target) } ?? "-").right(4)
            + (path.map { String($0.lun) } ?? "-").right(5)
        let ldev = (view.report.ldev.map { String($0.value) } ?? "-").right(7)
        let volume = view.report.group.left(6) + " " + view.name.left(14) + " " + place + ldev
        return "\(volume)...\(view.attribute.rawValue.left(7)) \(view.plainWord.rawValue.left(6)) "
            + "\((view.fence?.rawValue ?? "----").left(6)) \(word)"
    }
}
