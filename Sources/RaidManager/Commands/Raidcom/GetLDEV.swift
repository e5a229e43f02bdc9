// raidcom get ldev: what the array says of LDEVs, a block of lines for each, or a row. An LDEV that is not there is NOT
// DEFINED, and no error.
//
// - Source: pasted listings (NB, XP7) and clients' parsers (CIN, HIR): order and spelling of the lines; `-check_status`
//   ends with 1 and a sentence until all have it (CIN).

internal import CommandDevice
internal import ReplicationCore

struct GetLDEV: RaidcomAction {
    static let words = "get ldev"
    static let summary = "Show LDEVs"
    static let certainty = Certainty.real

    enum List: String, CaseIterable, Sendable {
        case defined, undefined, mapped, unmapped, journal
    }

    struct Form: CommandForm {
        var range: LDEVRange?
        var count: UInt32?
        var list: List?
        var showsRows = false
        var status: String?
        var seconds: UInt32 = 0
    }

    static var options: [CommandOption<Form>] {
        [
            CommandOption("-ldev_id <ldev#>[-<ldev#>]", "Specify the LDEV or LDEVs", .real, "2.16", names: ["-ldev_id"])
            {
                (form, option, arguments) throws(HorcmFailure) in
                form.range = try LDEVRange(parsing: try arguments.value(of: option))
            },
            CommandOption("-cnt <count>", "Specify how many from there on", .real, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.count = try arguments.number(of: option, in: 1...LDEVRange.end)
            },
            CommandOption(
                "-ldev_list <defined|undefined|mapped|unmapped|journal>", "Specify LDEVs of a kind", .several, "2.16"
            ) { (form, option, arguments) throws(HorcmFailure) in
                guard let list = List(rawValue: try arguments.value(of: option)) else {
                    throw HorcmFailure(.invalidArgument)
                }
                form.list = list
            },
            CommandOption("-key <front_end>", "Show a row for each", .one, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                guard try arguments.value(of: option) == "front_end" else { throw HorcmFailure(.invalidArgument) }
                form.showsRows = true
            },
            CommandOption("-check_status <status>", "Show nothing, but end with 1 unless all have it", .one, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.status = try status(option, &arguments)
            },
            CommandOption("-time <seconds>", "Wait so long for that status", .one, "2.16") {
                (form, option, arguments) throws(HorcmFailure) in
                form.seconds = try arguments.number(of: option, in: 0...UInt32.max)
            },
        ]
    }

    /// `NML`, or the two words NOT DEFINED.
    private static func status(_ option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) -> String {
        let first = try arguments.value(of: option)
        return first == "NOT" && arguments.next(if: { $0 == "DEFINED" }) != nil ? "NOT DEFINED" : first
    }

    static var exits: [ExitMeaning] {
        [
            .status(1, "the LDEVs do not have the status of -check_status", .one, "2.16"),
            .error(.noSuchLDEV, .one, "2.16"),
        ]
    }

    static let matrix = [
        MatrixLine("raidcom get ldev -ldev_id {ldev} -fx -s {serial}"),
        MatrixLine("raidcom get ldev -ldev_id {ldev} -cnt 3 -key front_end -s {serial}"),
        MatrixLine("raidcom get ldev -ldev_list mapped -s {serial}"),
        MatrixLine("raidcom get ldev -ldev_list undefined -cnt 1 -s {serial}"),
        MatrixLine("raidcom get ldev -ldev_id {ldev} -check_status NML -time 1 -s {serial}"),
    ]

    private let form: Form

    init(_ form: Form) throws(HorcmFailure) {
        guard (form.range == nil) != (form.list == nil) else { throw HorcmFailure(.argumentMissing) }
        self.form = form
    }

    func run(on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        if let status = form.status { return try check(status, on: array) }
        let rows = try rows(of: array)
        array.show(
            form.showsRows
                ? LDEVScreen.frontEnd(isHexadecimal: array.isHexadecimal).lines(rows)
                : LDEVScreen.blocks(rows, isHexadecimal: array.isHexadecimal))
        return 0
    }

    /// Looks once a second.
    private func check(_ status: String, on array: RaidcomArray) throws(HorcmFailure) -> Int32 {
        let end = array.session.now + .seconds(UInt64(form.seconds))
        while true {
            if try rows(of: array).allSatisfy({ $0.status == status }) { return 0 }
            guard array.session.now < end else { break }
            array.session.sleep(.seconds(1))
        }
        array.session.showError("raidcom: \(RaidcomWords.conditionFailed)")
        return 1
    }

    // MARK: Which

    private func rows(of array: RaidcomArray) throws(HorcmFailure) -> [LDEVRow] {
        let resources = try array.resources()
        let (numbers, found) = try chosen(from: array)
        let volumes = Dictionary(found.map { ($0.ldev, $0) }) { first, _ in first }
        let labels = try labels(numbers.filter { volumes[$0] != nil }, of: array)
        return numbers.map { ldev in
            LDEVRow(
                ldev: ldev, serial: array.serial, volume: volumes[ldev], label: labels[ldev],
                resource: resources.first { $0.ldevs.contains(ldev) }?.number ?? 0)
        }
    }

    private func chosen(
        from array: RaidcomArray
    ) throws(HorcmFailure) -> (numbers: [LDEVNumber], found: [VolumeSnapshot]) {
        if let range = form.range {
            let numbers = try form.count.map { (count) throws(HorcmFailure) in try range.counted(count) } ?? range
            return (numbers.numbers, try array.volumes(.ldevs(numbers.numbers)))
        }
        let all = try array.volumes(.all).sorted { $0.ldev < $1.ldev }
        let numbers = list(all)
        return (Array(numbers.prefix(form.count.map { Int($0) } ?? numbers.count)), all)
    }

    private func list(_ all: [VolumeSnapshot]) -> [LDEVNumber] {
        switch form.list {
        case .defined, nil: return all.map(\.ldev)
        case .mapped: return all.filter { !$0.isJournal }.map(\.ldev)
        case .unmapped, .journal: return all.filter(\.isJournal).map(\.ldev)
        case .undefined:
            let defined = Set(all.map(\.ldev))
            return LDEVRange(first: LDEVNumber(0), last: LDEVNumber(UInt16(LDEVRange.end - 1))).numbers
                .filter { !defined.contains($0) }
        }
    }

    private func labels(_ ldevs: [LDEVNumber], of array: RaidcomArray) throws(HorcmFailure) -> [LDEVNumber: String] {
        guard case .labels(let labels) = try array.administer(.labels(ldevs)) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        return Dictionary(labels.map { ($0.ldev, $0.text) }) { first, _ in first }
    }
}
