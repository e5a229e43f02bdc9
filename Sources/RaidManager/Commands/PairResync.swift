// pairresync: brings suspended pairs together again, in the old direction or in the new one.
//
// - Source: RAID Manager reference, section 2.4; legality in 5.2.

internal import CommandDevice
internal import ReplicationCore

package struct PairResync: Command {
    package static let name = "pairresync"
    package static let summary = "bring suspended pairs together again, in the old direction or in the new one"

    enum Direction: Hashable, Sendable {
        case forward
        /// From the secondary of a local pair.
        case backward
        case swapAtSecondary
        case swapAtPrimary
    }

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var direction = Direction.forward
        var fence: FenceOption?
        var copyPace: UInt8?
        var localOnly = false
        var timers: GroupTimers?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            CommandOption("-c  <size>", "Specify the track size for copy (1-15)", .several, "2.4") {
                (form, option, arguments) throws(HorcmFailure) in
                form.copyPace = try arguments.number(of: option, in: 1...15)
            },
            CommandOption("-f[g] <fence> [CTGID]", "Specify the new fence level", .one, "2.4") {
                (form, option, arguments) throws(HorcmFailure) in
                form.fence = try FenceOption(option, &arguments)
            },
            .flag("-swaps", "Swap the roles at the S-VOL and resynchronise", .several, "2.4") {
                $0.direction = .swapAtSecondary
            },
            .flag("-swapp", "Swap the roles at the P-VOL and resynchronise", .several, "2.4") {
                $0.direction = .swapAtPrimary
            },
            .flag("-restore", "Copy from the S-VOL to the P-VOL", .several, "2.4", modes: [.mrcf]) {
                $0.direction = .backward
            },
            .flag("-l", "Act without the remote instance", .one, "2.4") { $0.localOnly = true },
            CommandOption("-cto <o-time> [c-time] [r-time]", "Specify the timers of the CT group", .several, "2.2") {
                (form, option, arguments) throws(HorcmFailure) in
                form.timers = try GroupTimers(reading: option, &arguments)
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "done, or nothing to do", .several, "4.5"), .error(.volumesDiffer, .known, "4.7"),
            .error(.invalidVolumeStatus, .known, "4.7"), .error(.pairCombination, .known, "4.7"),
            .error(.invalidPairStatus, .known, "4.7"), .error(.secondaryNotCurrent, .ours, "5.6"),
            .error(.rejectedByArray, .known, "2.4"), .error(.invalidMode, .ours, "2.4"),
            .error(.notSupported, .known, "4.6"), .error(.groupNumbersDiffer, .ours, "2.4"),
        ] + ExitMeaning.ofVolumes
    }

    package static var matrix: [MatrixLine] {
        ["", " -swaps", " -swapp", " -l", " -restore", " -c 15", " -f {fence}", " -fg {fence} 5", " -cto 90 5 5"].map {
            MatrixLine("pairresync -g {group}\($0)", changes: true)
        } + [MatrixLine("pairresync -d {volume}", changes: true), MatrixLine("pairresync -dg {file}", changes: true)]
    }

    private let target: VolumeTarget
    private let direction: Direction
    private let fence: FenceOption?
    private let copyPace: UInt8?
    private let localOnly: Bool
    private let timers: GroupTimers?

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        direction = form.direction
        fence = form.fence
        copyPace = form.copyPace
        localOnly = form.localOnly
        timers = form.timers
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        try checkMode(mode)
        let local = try session.localVolumes(target, mode)
        switch direction {
        case .forward:
            if mode == .mrcf {
                try copyLocally(local, .resynchronise, session)
            } else {
                try resynchronise(local, session)
            }
        case .backward: try copyLocally(local, .restore, session)
        case .swapAtSecondary: try swap(local, .secondary, session)
        case .swapAtPrimary: try swap(local, .primary, session)
        }
        return 0
    }

    private func checkMode(_ mode: CopyMode) throws(HorcmFailure) {
        switch direction {
        case .forward: break
        case .backward: try mode.require(.mrcf, for: "-restore", .invalidPairStatus)
        case .swapAtSecondary: try mode.require(.horc, for: "-swaps")
        case .swapAtPrimary: try mode.require(.horc, for: "-swapp")
        }
        if fence != nil { try mode.require(.horc, for: "-f") }
    }

    /// Either direction of a local pair.
    private func copyLocally(
        _ local: [VolumeView], _ operation: LocalOperation, _ session: any HorcmSession
    ) throws(HorcmFailure) {
        let primaries = try Primaries(of: local, localOnly, session)
        let chosen = try GroupRules.toActOn(primaries.views) { operation.verdict($0.word) }
        let order: PairOrder =
            operation == .restore ? .restore(pace: copyPace) : .resynchronise(pace: copyPace, nil)
        try session.perform(order, on: chosen, at: primaries.side)
    }

    private func resynchronise(_ local: [VolumeView], _ session: any HorcmSession) throws(HorcmFailure) {
        let primaries = try Primaries(of: local, localOnly, session)
        let chosen = try GroupRules.toActOn(primaries.views) { PrimaryOperation.resynchronise.verdict($0.word) }
        // A secondary that took over holds what must not be lost: the array refuses too, but it is seen here first.
        for pair in primaries.pairs {
            guard let secondary = pair.side(.secondary), secondary.word == .ssws else { continue }
            throw HorcmFailure(.secondaryTookOver, from: secondary.report.serial, ldev: secondary.report.ldev)
        }
        guard !chosen.isEmpty else { return }
        try checkGroup(of: chosen)
        let policy = try newFence(for: chosen)
        // A refusal of the timers leaves the pairs as they are.
        try setTimers(chosen, primaries.side, session)
        try session.perform(.resynchronise(pace: copyPace, policy), on: chosen, at: primaries.side)
    }

    /// Synchronous pairs have no timers: theirs are ignored, as the manual says.
    private func setTimers(_ views: [VolumeView], _ side: Side, _ session: any HorcmSession) throws(HorcmFailure) {
        // Without a link the array refuses what follows: then nothing is to change.
        let views = views.filter { $0.fence == .async && $0.facts?.paths != 0 }
        guard let timers, let first = views.first else { return }
        let serial = first.report.serial
        let order = ArrayRequest.journal(.setTimers(try views.ldevs(), timers))
        let reply = try session.perform(order, of: serial, at: side, group: first.report.group)
        if case .refused(let refusal, let ldev) = reply { throw HorcmFailure(refusal, from: serial, ldev: ldev) }
    }

    /// A pair takes its consistency group when it is made. The manuals let a resynchronisation put it into one; the arrays of
    /// the bench do not: its marks would have to change groups on both sides at once.
    private func checkGroup(of views: [VolumeView]) throws(HorcmFailure) {
        guard let fence, fence.isGrouped else { return }
        for view in views {
            let own = view.facts?.consistencyGroup
            guard own == nil || fence.group != nil && fence.group != own else { continue }
            throw HorcmFailure(
                .groupNumbersDiffer,
                "Volume \(view.name) is in \(own.map { "CTGID \($0)" } ?? "no CT group"). A pair takes its group when it is"
                    + " made: delete it, and use paircreate -fg <fence> <CTGID>.")
        }
    }

    /// A synchronous pair may change its fence; nothing changes between synchronous and asynchronous.
    private func newFence(for views: [VolumeView]) throws(HorcmFailure) -> FencePolicy? {
        guard let fence else { return nil }
        for view in views where (view.fence == .async) != (fence.word == .async) {
            throw HorcmFailure(
                .invalidPairStatus, "Volume \(view.name) cannot change between synchronous and asynchronous.")
        }
        switch fence.word.mode {
        case .synchronous(let policy): return policy
        case .asynchronous: return nil
        }
    }

    /// - Parameter attribute: what the local volumes must be.
    private func swap(
        _ local: [VolumeView], _ attribute: VolumeAttribute, _ session: any HorcmSession
    ) throws(HorcmFailure) {
        guard try GroupRules.attribute(of: local) == attribute else {
            throw HorcmFailure(.invalidVolumeStatus, "The local volumes must be \(attribute.rawValue)s.")
        }
        let operation = attribute == .secondary ? SecondaryOperation.swapHere : .swapThere
        // What an interrupted copy left behind must not become the primary, whatever status it shows.
        func verdict(_ view: VolumeView) -> Verdict {
            view.isUnusable ? .refuse(.secondaryNotCurrent) : operation.verdict(view.word)
        }
        if !localOnly {
            let pairs = try session.pairs(of: local)
            guard pairs.allSatisfy({ $0.fitsTogether || (attribute == .secondary && $0.isInterruptedSwap) }) else {
                throw HorcmFailure(.pairCombination)
            }
            _ = try GroupRules.toActOn(pairs.filter { !$0.isInterruptedSwap }.compactMap(\.remote)) { view in
                // The primary may not have noticed a takeover yet; the secondary's own state decides then.
                view.attribute == .primary ? .act : verdict(view)
            }
        }
        let chosen = try GroupRules.toActOn(local, verdict)
        guard !chosen.isEmpty else { return }
        try session.perform(.swap(pace: copyPace), on: chosen, at: .local)
    }
}
