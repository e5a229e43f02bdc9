// `pairdisplay -v`: what stands behind a group's pairs instead of the pairs themselves.

internal import CommandDevice
internal import ReplicationCore

enum PairTopic: String, Hashable, Sendable, CaseIterable {
    case groups = "ctg"
    case journals = "jnl"
    case journalTimers = "jnlt"

    /// Split markers and pools: the original has them, and nothing is known of what they print.
    static let withoutFacts = ["smk", "pid"]

    var header: String {
        switch self {
        case .groups: GroupScreen.table.header.value
        case .journals: JournalScreen.table.header.value
        case .journalTimers: JournalScreen.timerTable.header.value
        }
    }

    /// The rows for the volumes of one side: of the groups and journals that they belong to.
    func rows(
        _ views: [VolumeView], at side: Side, in session: any HorcmSession
    ) throws(HorcmFailure) -> [String] {
        var serials: [ArraySerial] = []
        for view in views where !serials.contains(view.report.serial) { serials.append(view.report.serial) }
        var lines: [String] = []
        for serial in serials {
            let mine = views.filter { $0.report.serial == serial }
            lines += try rows(mine, serial, mine[0].report.group, at: side, in: session)
        }
        return lines
    }

    private func rows(
        _ views: [VolumeView], _ serial: ArraySerial, _ group: String, at side: Side, in session: any HorcmSession
    ) throws(HorcmFailure) -> [String] {
        let facts = views.compactMap(\.facts)
        switch self {
        case .groups:
            let numbers = Set(facts.compactMap(\.consistencyGroup))
            guard
                case .consistencyGroups(let groups) = try session.inventory(
                    .consistencyGroups, of: serial, at: side, group: group)
            else { throw HorcmFailure(.invalidReturnCode) }
            return groups.filter { numbers.contains($0.number) }.map { GroupScreen.table.line(.init($0, in: serial)) }
        case .journals, .journalTimers:
            let numbers = Set(facts.compactMap(\.journal))
            guard case .journals(let journals) = try session.inventory(.journals, of: serial, at: side, group: group)
            else { throw HorcmFailure(.invalidReturnCode) }
            let table = self == .journals ? JournalScreen.table : JournalScreen.timerTable
            return journals.filter { numbers.contains($0.number) }.map { table.line(.init($0, in: serial)) }
        }
    }
}

extension HorcmSession {
    /// Asks an array about itself, through the instance of that side.
    func inventory(
        _ question: InventoryQuestion, of serial: ArraySerial, at side: Side, group: String
    ) throws(HorcmFailure) -> InventoryAnswer {
        switch try perform(.inventory(question), of: serial, at: side, group: group) {
        case .inventory(let answer): return answer
        case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
        case .identity, .volumes, .done, .journal, .guards, .administration: throw HorcmFailure(.invalidReturnCode)
        }
    }
}
