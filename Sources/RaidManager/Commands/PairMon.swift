// pairmon: tells the changes of pair status that the instance's monitor saw.
//
// - Source: RAID Manager reference, section 2.7.

internal import CommandDevice
internal import ReplicationCore

package struct PairMon: Command {
    package static let name = "pairmon"
    package static let summary = "tell the changes of pair status that the instance saw"
    package static let helpColumn = 15

    package struct Form: CommandForm {
        var waits = true
        var takesAll = false
        var resets = false
        var words: [PairWord] = []

        package init() {}

        /// What the flags ask for; what is reported is cleared unless all of it is.
        func order(_ mode: CopyMode) -> EventOrder {
            EventOrder(
                EventFilter(mode, words: words), takesAll: takesAll,
                clearing: resets ? .everything : takesAll ? .nothing : .reported)
        }
    }

    package static var options: [CommandOption<Form>] {
        [
            .flag("-D", "Wait for a change, tell one and clear it (default)", .several, "2.7") { _ in },
            .flag("-allsnd", "Tell all changes", .several, "2.7") { $0.takesAll = true },
            .flag("-resevt", "Clear all changes after telling", .several, "2.7") { $0.resets = true },
            .flag("-nowait", "Do not wait for a change", .several, "2.7") { $0.waits = false },
            CommandOption("-s <status> ...", "Specify what volumes have become", .several, "2.7") {
                (form, option, arguments) throws(HorcmFailure) in
                form.words += try PairWord.list(behind: option, &arguments)
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [.status(0, "told; with -nowait also: no event", .several, "4.5"), .error(.monitorStopped, .one, "4.6")]
            + ExitMeaning.ofAll
    }

    package static var matrix: [MatrixLine] {
        ["", " -allsnd", " -resevt", " -resevt -allsnd", " -s psus psue", " -allsnd -s pair"].map {
            MatrixLine("pairmon -nowait\($0)")
        } + [MatrixLine("pairmon -D -nowait")]
    }

    /// How long one question waits in the instance: whoever is interrupted meanwhile leaves a thread there until then.
    private static let turn = Span.seconds(10)

    private let form: Form

    package init(_ form: Form) throws(HorcmFailure) { self.form = form }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let order = form.order(mode)
        while true {
            if form.waits { try wait(for: order.filter, session) }
            let events = try take(order, session)
            if !events.isEmpty {
                for line in EventScreen.table.lines(events) { session.show(line) }
                return 0
            }
            guard form.waits else {
                session.show(Sentence.noEvent())
                return 0
            }
            // Another pairmon was faster.
        }
    }

    /// Waits in the instance, turn by turn, as long as it takes.
    private func wait(for filter: EventFilter, _ session: any HorcmSession) throws(HorcmFailure) {
        while true {
            switch try session.ask(.awaitEvent(filter, Self.turn)) {
            case .isThere(true): return
            case .isThere(false): continue
            case .failed(let failure): throw failure
            case .information, .volumes, .array, .events, .replaced, .done: throw HorcmFailure(.invalidReturnCode)
            }
        }
    }

    private func take(_ order: EventOrder, _ session: any HorcmSession) throws(HorcmFailure) -> [StatusEvent] {
        switch try session.ask(.takeEvents(order)) {
        case .events(let events): return events
        case .failed(let failure): throw failure
        case .information, .volumes, .array, .isThere, .replaced, .done: throw HorcmFailure(.invalidReturnCode)
        }
    }
}
