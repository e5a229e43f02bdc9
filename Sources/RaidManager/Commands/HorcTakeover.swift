// horctakeover: makes the local side the one that hosts work on. The decision is `TakeoverTable`'s; here it is carried out.
//
// Kept true: a takeover never copies an older secondary over a primary that may be newer. The swap resynchronisation
// follows a takeover by itself only if the primary was reached and was in PAIR, which is when a swap was tried and failed.
//
// - Source: RAID Manager reference, sections 2.9, 4.4 and 5.6.

internal import CommandDevice
internal import ReplicationCore

package struct HorcTakeover: Command {
    package static let name = "horctakeover"
    package static let summary = "make the local side the one that hosts work on"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var isForced = false
        var localOnly = false
        var timeoutSeconds: UInt32?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            .flag("-S", "Execute the SVOL-takeover by force", .several, "2.9") { $0.isForced = true },
            .flag("-l", "Execute the PVOL-takeover without the remote host", .several, "2.9") { $0.localOnly = true },
            CommandOption(
                "-t  <timeout>", "Wait so many seconds for the data under way (async)", .several, "2.9"
            ) { (form, option, arguments) throws(HorcmFailure) in
                form.timeoutSeconds = try arguments.number(of: option, in: 0...1_999_999)
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        Result.allCases.map { .status($0.rawValue, $0.word, .several, "4.4") } + [
            .error(.noCurrentCopy, .several, "4.4"), .error(.secondaryNotCurrent, .several, "4.4"),
            .error(.waitTimedOut, .several, "4.4"), .error(.pairCombination, .known, "4.7"),
            .error(.volumesDiffer, .known, "4.7"), .error(.invalidMode, .ours, "4.6"),
            .error(.rejectedByArray, .known, "4.7"), .error(.invalidVolumeStatus, .ours, "2.9"),
        ] + ExitMeaning.ofVolumes
    }

    package static let matrix = [
        MatrixLine("horctakeover -g {group} -t 30", changes: true),
        MatrixLine("horctakeover -g {group} -S", changes: true),
        MatrixLine("horctakeover -g {group} -l", changes: true),
        MatrixLine("horctakeover -d {volume} -t 30", changes: true),
        MatrixLine("horctakeover -dg {file} -t 30", changes: true),
    ]

    /// How a takeover ended well.
    package enum Result: Int32, Hashable, Sendable, CaseIterable {
        case none = 0
        case swap = 1
        case secondary = 2
        case primarySimplex = 3
        case primarySuspended = 4
        case secondarySuspended = 5

        var word: String {
            switch self {
            case .none: "Nop-Takeover"
            case .swap: "Swap-Takeover"
            case .secondary: "SVOL-Takeover"
            case .primarySimplex: "PVOL-SMPL-Takeover"
            case .primarySuspended: "PVOL-PSUE-Takeover"
            case .secondarySuspended: "SVOL-SSUS-Takeover"
            }
        }
    }

    private let target: VolumeTarget
    private let isForced: Bool
    private let localOnly: Bool
    private let timeoutSeconds: UInt32?

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        isForced = form.isForced
        localOnly = form.localOnly
        timeoutSeconds = form.timeoutSeconds
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        guard mode == .horc else { throw HorcmFailure(.invalidMode, "Only remote copies are taken over.") }
        let local = try session.localVolumes(target, mode)
        let attribute = try GroupRules.attribute(of: local)
        let result = try execute(action(local, attribute, session), local, session)
        session.show(Sentence.takeoverDone(Self.name, result.word))
        return result.rawValue
    }

    private func action(
        _ local: [VolumeView], _ attribute: VolumeAttribute, _ session: any HorcmSession
    ) throws(HorcmFailure) -> TakeoverAction {
        if isForced {
            guard attribute == .secondary else {
                throw HorcmFailure(.invalidVolumeStatus, "With -S the local volumes must be S-VOLs.")
            }
            return TakeoverTable.action(of: local.map { PairView(local: $0, remote: nil) })
        }
        if localOnly {
            guard attribute == .primary else {
                throw HorcmFailure(.invalidVolumeStatus, "With -l the local volumes must be P-VOLs.")
            }
            return TakeoverTable.action(of: local.map { PairView(local: $0, remote: nil) })
        }
        return TakeoverTable.action(of: try pairsAsFarAsKnown(local, session))
    }

    /// A partner that does not answer, or whose array does not, is what takeovers are for: it counts as unknown.
    private func pairsAsFarAsKnown(
        _ local: [VolumeView], _ session: any HorcmSession
    ) throws(HorcmFailure) -> [PairView] {
        do throws(HorcmFailure) {
            return try session.pairs(of: local)
        } catch {
            guard error.error == .noRemoteHost || error.error == .commandDeviceFailed else { throw error }
            return local.map { PairView(local: $0, remote: nil) }
        }
    }

    private func execute(
        _ action: TakeoverAction, _ local: [VolumeView], _ session: any HorcmSession
    ) throws(HorcmFailure) -> Result {
        switch action {
        case .none: return .none
        case .refuse: throw HorcmFailure(.noCurrentCopy)
        case .unconformable: throw HorcmFailure(.pairCombination)
        case .primaryTakeover: return try takeOverPrimary(local, session)
        case .secondaryTakeover: return try takeOverSecondary(local, session)
        case .swap: return try swap(local, session)
        }
    }

    private func swap(_ local: [VolumeView], _ session: any HorcmSession) throws(HorcmFailure) -> Result {
        guard SecondaryTakeoverWorth.of(local) != .notExecuted else { throw notExecuted(local, session) }
        guard let (refusal, ldev, serial) = try session.attempt(.swap(pace: nil), on: local, at: .local)
        else { return .swap }
        guard refusal.leadsFromSwapToTakeover else { throw HorcmFailure(refusal, from: serial, ldev: ldev) }
        let worth = SecondaryTakeoverWorth.of(local)
        // The failed swap took time: a primary that has left PAIR meanwhile may hold newer data by now.
        let isStillPaired = TakeoverTable.action(of: try pairsAsFarAsKnown(local, session)) == .swap
        try session.perform(.takeOver(timeoutSeconds: timeoutSeconds), on: local, at: .local)
        if isStillPaired, try session.attempt(.swap(pace: nil), on: local, at: .local) == nil {
            return .swap
        }
        return try suspended(local, worth, session)
    }

    private func takeOverSecondary(_ local: [VolumeView], _ session: any HorcmSession) throws(HorcmFailure) -> Result {
        let open = local.filter { $0.word != .ssws }
        let worth = SecondaryTakeoverWorth.of(open)
        guard worth != .notExecuted else { throw notExecuted(open, session) }
        try session.perform(.takeOver(timeoutSeconds: timeoutSeconds), on: open, at: .local)
        return try suspended(open, worth, session)
    }

    /// - Parameter before: the volumes as they were when the takeover began.
    private func suspended(
        _ before: [VolumeView], _ worth: SecondaryTakeoverWorth, _ session: any HorcmSession
    ) throws(HorcmFailure) -> Result {
        guard worth == .current else {
            for line in CurrencyScreen.lines(before) { session.show(line) }
            throw HorcmFailure(.secondaryNotCurrent, "The takeover was executed: the S-VOL is SSWS. Check its data.")
        }
        return .secondarySuspended
    }

    private func notExecuted(_ views: [VolumeView], _ session: any HorcmSession) -> HorcmFailure {
        for line in CurrencyScreen.lines(views) { session.show(line) }
        return HorcmFailure(.secondaryNotCurrent, "The takeover was not executed: the S-VOL's data are incomplete.")
    }

    /// Lets the hosts write although the fence says no; if the pair has come apart too far for that, gives it up.
    private func takeOverPrimary(_ local: [VolumeView], _ session: any HorcmSession) throws(HorcmFailure) -> Result {
        let fenced = local.filter { TakeoverTable.Local($0) == .fencedPrimary }
        guard let (refusal, ldev, serial) = try session.attempt(.lowerFence, on: fenced, at: .local) else {
            return .primarySuspended
        }
        guard refusal == .peerDisagrees else { throw HorcmFailure(refusal, from: serial, ldev: ldev) }
        try session.perform(.delete(localOnly: true), on: fenced, at: .local)
        return .primarySimplex
    }
}

extension Refusal {
    /// Whether a takeover of the secondary is tried when a swap was refused for this reason: it is where the two sides do
    /// not reach each other. Any other reason would stop the takeover as well, or speaks against it.
    var leadsFromSwapToTakeover: Bool {
        switch self {
        case .linkDown, .noSuchLink, .peerDisagrees: true
        case .noSuchVolume, .notPaired, .alreadyPaired, .sizesDiffer, .wrongStatus, .notPrimary, .notSecondary,
            .secondaryTookOver, .secondaryUnusable, .busy, .partOfGroup, .noGroupLeft, .groupDiffers, .timedOut,
            .shuttingDown, .notUnderstood, .notSupported, .guarded, .retained, .journalMissing, .journalInUse,
            .groupElsewhere:
            false
        }
    }
}
