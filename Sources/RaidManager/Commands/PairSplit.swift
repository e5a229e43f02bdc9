// pairsplit: suspends or ends pairs, or gives the secondary free.
//
// - Source: RAID Manager reference, section 2.3; legality in 5.2.

internal import CommandDevice
internal import ReplicationCore

package struct PairSplit: Command {
    package static let name = "pairsplit"
    package static let summary = "suspend or end pairs, or give the secondary free"

    enum Order: Hashable, Sendable {
        case suspend(SplitKind)
        case delete
        case fail
        case own(SecondaryOperation)
    }

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var order = Order.suspend(.secondaryReadOnly)
        var localOnly = false
        var timeoutSeconds: UInt32?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            .flag("-r", "Suspend; the S-VOL is read only (default)", .several, "2.3") {
                $0.order = .suspend(.secondaryReadOnly)
            },
            .flag("-rw", "Suspend; the S-VOL is writable", .several, "2.3") { $0.order = .suspend(.secondaryWritable) },
            .flag("-P", "Suspend; the P-VOL refuses writes", .one, "2.3") {
                $0.order = .suspend(.primaryWriteProtected)
            },
            .flag("-S", "Set to SMPL", .several, "2.3") { $0.order = .delete },
            .flag("-R", "Set the S-VOL to SMPL by force (at the S-VOL)", .one, "2.3") { $0.order = .own(.leave) },
            .flag("-RS", "Set the S-VOL to SSWS by force (at the S-VOL)", .several, "2.3") {
                $0.order = .own(.takeOver)
            },
            .flag("-RB", "Give SSWS up (at the S-VOL)", .one, "2.3") { $0.order = .own(.rollBack) },
            .flag("-E", "Set to PSUE by force", .several, "2.3", modes: [.mrcf]) { $0.order = .fail },
            .flag("-l", "Act without the remote instance", .known, "2.3") { $0.localOnly = true },
            CommandOption("-t  <timeout>", "Wait so many seconds at most", .several, "2.3") {
                (form, option, arguments) throws(HorcmFailure) in
                form.timeoutSeconds = try arguments.number(of: option, in: 0...1_999_999)
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "done", .several, "4.5"), .error(.volumesDiffer, .several, "4.7"),
            .error(.invalidVolumeStatus, .several, "4.7"), .error(.pairCombination, .several, "4.7"),
            .error(.invalidPairStatus, .several, "4.7"), .error(.suspendedWhileWaiting, .several, "4.7"),
            .error(.waitTimedOut, .several, "2.3"), .error(.secondaryNotCurrent, .ours, "5.6"),
            .error(.rejectedByArray, .known, "5.2"), .error(.invalidMode, .ours, "2.3"),
        ] + ExitMeaning.ofVolumes
    }

    package static var matrix: [MatrixLine] {
        ["", " -r -t 30", " -rw", " -P", " -S", " -R", " -RS -t 30", " -RB", " -l", " -S -l", " -E"].map {
            MatrixLine("pairsplit -g {group}\($0)", changes: true)
        } + [
            MatrixLine("pairsplit -d {volume} -rw", changes: true), MatrixLine("pairsplit -dg {file}", changes: true),
        ]
    }

    private let target: VolumeTarget
    private let order: Order
    private let localOnly: Bool
    private let timeoutSeconds: UInt32?

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        order = form.order
        localOnly = form.localOnly
        timeoutSeconds = form.timeoutSeconds
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        try checkMode(mode)
        let local = try session.localVolumes(target, mode)
        switch order {
        case .suspend(let kind): try suspend(local, kind, session, mode)
        case .delete: try delete(local, session)
        case .fail: try fail(local, session)
        case .own(let operation): try own(local, operation, session)
        }
        return 0
    }

    private func checkMode(_ mode: CopyMode) throws(HorcmFailure) {
        switch order {
        case .suspend(.primaryWriteProtected): try mode.require(.horc, for: "-P")
        case .own: try mode.require(.horc, for: "-R, -RS or -RB")
        case .fail: try mode.require(.mrcf, for: "-E")
        case .suspend(.secondaryReadOnly), .suspend(.secondaryWritable), .delete: break
        }
    }

    // MARK: -r, -rw, -P

    private func suspend(_ local: [VolumeView], _ kind: SplitKind, _ session: any HorcmSession, _ mode: CopyMode)
        throws(HorcmFailure)
    {
        let operation = kind == .primaryWriteProtected ? PrimaryOperation.splitWriteProtected : .split
        let primaries = try Primaries(of: local, localOnly, session)
        let chosen = try GroupRules.toActOn(primaries.views) { view in
            // A local split gives the secondary free, whatever the option says.
            mode == .mrcf ? LocalOperation.split.verdict(view.word) : operation.verdict(view.word)
        }
        guard !chosen.isEmpty else { return }
        // An asynchronous split ends when the other side has all data. It goes on when the patience is over.
        try session.perform(
            .split(kind), on: chosen, at: primaries.side, within: timeoutSeconds.map { .seconds(UInt64($0)) })
        // The split also comes back when the link failed meanwhile: that is not what was asked.
        let after = try Primaries(of: session.localVolumes(target, mode), localOnly, session)
        let names = Set(chosen.map(\.name))
        guard !after.views.contains(where: { $0.word == .psue && names.contains($0.name) }) else {
            throw HorcmFailure(.suspendedWhileWaiting)
        }
    }

    // MARK: -E

    private func fail(_ local: [VolumeView], _ session: any HorcmSession) throws(HorcmFailure) {
        let primaries = try Primaries(of: local, localOnly, session)
        let chosen = try GroupRules.toActOn(primaries.views) { LocalOperation.fail.verdict($0.word) }
        try session.perform(.fail, on: chosen, at: primaries.side)
    }

    // MARK: -R, -RS, -RB

    private func own(
        _ local: [VolumeView], _ operation: SecondaryOperation, _ session: any HorcmSession
    ) throws(HorcmFailure) {
        guard try GroupRules.attribute(of: local) == .secondary else { throw HorcmFailure(.invalidVolumeStatus) }
        let chosen = try GroupRules.toActOn(local) { view in
            if operation == .takeOver && view.isUnusable { return .refuse(.secondaryNotCurrent) }
            return operation.verdict(view.word)
        }
        guard !chosen.isEmpty else { return }
        let order: PairOrder =
            switch operation {
            case .takeOver: .takeOver(timeoutSeconds: timeoutSeconds)
            case .rollBack: .rollBack
            case .leave: .delete(localOnly: true)
            case .swapHere, .swapThere: preconditionFailure("pairsplit has no form for \(operation)")
            }
        try session.perform(order, on: chosen, at: .local)
    }

    // MARK: -S

    private func delete(_ local: [VolumeView], _ session: any HorcmSession) throws(HorcmFailure) {
        let attribute = try GroupRules.attribute(of: local)
        if localOnly {
            guard attribute != .simplex else { return }
            return try delete(local, at: .local, forBoth: attribute == .primary, session)
        }
        let pairs = try session.pairs(of: local)
        let remote = pairs.compactMap(\.remote)
        switch (attribute, try GroupRules.attribute(of: remote)) {
        case (.simplex, .simplex): return
        case (.simplex, _): try delete(remote, at: .remote, forBoth: false, session)
        case (.secondary, .simplex), (.secondary, .secondary): try delete(local, at: .local, forBoth: false, session)
        case (.primary, _): try delete(local, at: .local, forBoth: true, session)
        case (.secondary, .primary):
            let refused = try session.attempt(.delete(localOnly: false), on: remote, at: .remote)
            try handle(refused, local, session)
        }
    }

    private func delete(
        _ views: [VolumeView], at side: Side, forBoth: Bool, _ session: any HorcmSession
    ) throws(HorcmFailure) {
        guard forBoth else { return try session.perform(.delete(localOnly: true), on: views, at: side) }
        try handle(session.attempt(.delete(localOnly: false), on: views, at: side), views, session)
    }

    /// If the arrays do not reach each other, or do not agree, the side where the command runs gives its half up alone.
    private func handle(
        _ refused: (Refusal, LDEVNumber?, ArraySerial)?, _ local: [VolumeView], _ session: any HorcmSession
    ) throws(HorcmFailure) {
        guard let (refusal, ldev, serial) = refused else { return }
        guard refusal == .linkDown || refusal == .noSuchLink || refusal == .peerDisagrees else {
            throw HorcmFailure(refusal, from: serial, ldev: ldev)
        }
        let left = try session.localVolumes(target, local.first?.mode ?? .horc).filter { $0.attribute != .simplex }
        try session.perform(.delete(localOnly: true), on: left, at: .local)
    }
}

/// The primaries of a group and the side that holds them.
struct Primaries {
    var views: [VolumeView]
    var side: Side
    /// Empty when the partner is not to be asked.
    var pairs: [PairView]

    /// - Throws: EX_INVVOL if there is no pair, or if the primaries are remote and only the local side may be asked;
    ///   EX_EVOLCE if the two sides do not form pairs; EX_ENQVOL if the volumes differ.
    init(of local: [VolumeView], _ localOnly: Bool, _ session: any HorcmSession) throws(HorcmFailure) {
        let attribute = try GroupRules.attribute(of: local)
        guard attribute != .simplex else { throw HorcmFailure(.invalidVolumeStatus, "The volumes are not in pairs.") }
        if localOnly {
            guard attribute == .primary else {
                throw HorcmFailure(.invalidVolumeStatus, "With -l the local volumes must be P-VOLs.")
            }
            views = local
            side = .local
            pairs = []
            return
        }
        pairs = try session.pairs(of: local)
        guard pairs.allSatisfy(\.fitsTogether) else { throw HorcmFailure(.pairCombination) }
        side = attribute == .primary ? .local : .remote
        views = side == .local ? local : pairs.compactMap(\.remote)
    }
}
