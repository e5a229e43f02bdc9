// pairsyncwait: waits until the secondary's array has what the primary's array had when the command began.
//
// The bench's groups with a side file have an order as those with journals do; the command serves both.
//
// - Source: RAID Manager reference, section 2.8.

internal import CommandDevice
internal import ReplicationCore

package struct PairSyncWait: Command {
    package static let name = "pairsyncwait"
    package static let summary = "wait until the remote array has everything up to a marker"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var tells = false
        /// In 100 ms.
        var timeout: UInt64?
        var marker: QueueMarker?
        var showsWaiting = false

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            .flag("-nowait", "Show the marker and do not wait", .several, "2.8", modes: [.horc]) { $0.tells = true },
            CommandOption(
                "-t  <timeout>", "Specify the timeout in 100 ms", .several, "2.8", modes: [.horc]
            ) { (form, option, arguments) throws(HorcmFailure) in
                form.timeout = try arguments.number(of: option, in: 0...19_999_990)
            },
            CommandOption("-m  <marker>", "Wait for this marker", .several, "2.8", modes: [.horc]) {
                (form, option, arguments) throws(HorcmFailure) in
                let text = try arguments.value(of: option)
                guard let marker = QueueMarker(text) else {
                    throw HorcmFailure(.invalidArgument, "A marker is ten hexadecimal digits, not '\(text)'.")
                }
                form.marker = marker
            },
            .flag("-fq", "Show the number of markers that are waiting", .several, "2.8", modes: [.horc]) {
                $0.showsWaiting = true
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "DONE; with -nowait NOWAIT", .several, "2.8"), .status(1, "TIMEOUT", .several, "2.8"),
            .status(2, "BROKEN: the pair was suspended", .several, "2.8"),
            .status(3, "CHANGED: the pair is another one", .several, "2.8"),
            .error(.invalidVolumeStatus, .several, "4.7"), .error(.volumesDiffer, .known, "4.7"),
            .error(.invalidMode, .ours, "4.6"), .error(.notSupported, .ours, "4.6"),
        ] + ExitMeaning.ofVolumes
    }

    package static var matrix: [MatrixLine] {
        [
            "-g {group} -nowait", "-g {group} -nowait -fq", "-g {group} -t 50", "-g {group} -t 0 -m 0100000000",
            "-d {volume} -nowait", "-dg {file} -t 50",
        ].map { MatrixLine("pairsyncwait \($0)", modes: [.horc]) }
    }

    private let target: VolumeTarget
    private let form: Form

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        guard form.tells || form.timeout != nil else { throw .missing("-t <timeout> or -nowait") }
        self.form = form
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        guard mode == .horc else { throw HorcmFailure(.invalidMode, "Only remote copies have markers.") }
        let views = try session.localVolumes(target, mode)
        try check(views)
        let waiting = MarkerWait(views, in: session)
        var markers = try waiting.markers()
        var status = MarkerScreen.Status.noWait
        if !form.tells {
            // A group is done when each of its arrays' orders is.
            let wanted = markers.map { form.marker?.sequence(near: $0.newest) ?? $0.newest }
            (status, markers) = try waiting.wait(
                for: wanted.max() ?? .none, timeout: .milliseconds((form.timeout ?? 0) * 100))
        }
        let journal = views.first?.facts?.journal
        let rows = markers.map { found in
            MarkerScreen.Row(
                marker: form.marker ?? QueueMarker(found.newest, journal: journal), status: status, group: found)
        }
        let table = MarkerScreen.table(showsWaiting: form.showsWaiting)
        for line in table.lines(rows) { session.show(line) }
        return status.exit
    }

    /// A primary in PAIR; a secondary only waits for a marker that it is told.
    private func check(_ views: [VolumeView]) throws(HorcmFailure) {
        let attribute = try GroupRules.attribute(of: views)
        for view in views {
            guard view.fence == .async, attribute == .primary || form.marker != nil,
                attribute == .secondary || view.word == .pair || view.word == .pful
            else {
                let state = attribute == .simplex ? "" : " \(view.word.rawValue)"
                throw HorcmFailure(.invalidVolumeStatus, "Volume \(view.name) is \(attribute.rawValue)\(state).")
            }
        }
    }
}

/// Asks the local array about the order of a group's volumes.
struct MarkerWait {
    private let views: [VolumeView]
    private let session: any HorcmSession

    init(_ views: [VolumeView], in session: any HorcmSession) {
        self.views = views
        self.session = session
    }

    func markers() throws(HorcmFailure) -> [GroupMarker] {
        switch try ask(.marker(try views.ldevs())) {
        case .markers(let markers): return markers
        case .waited: throw HorcmFailure(.invalidReturnCode)
        }
    }

    func wait(
        for marker: SequenceNumber, timeout: Span
    ) throws(HorcmFailure) -> (MarkerScreen.Status, [GroupMarker]) {
        switch try ask(.waitFor(try views.ldevs(), marker, timeout: timeout)) {
        case .waited(let outcome, let markers): return (MarkerScreen.Status(outcome), markers)
        case .markers: throw HorcmFailure(.invalidReturnCode)
        }
    }

    private func ask(_ order: JournalOrder) throws(HorcmFailure) -> JournalAnswer {
        guard let first = views.first else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        let serial = first.report.serial
        switch try session.perform(.journal(order), of: serial, at: .local, group: first.report.group) {
        case .journal(let answer): return answer
        case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
        case .identity, .volumes, .done, .inventory, .guards, .administration:
            throw HorcmFailure(.invalidReturnCode)
        }
    }
}
