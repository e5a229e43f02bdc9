// pairresync: brings suspended pairs together again, in the old direction or in the new one.
//
// - Source: RAID Manager reference, section 2.4; legality in 5.2.

internal import CommandDevice
internal import ReplicationCore

package struct PairResync: Command {
    package static let name = "pairresync"
    package static let usage =
        TargetOptions.usage + [
            " -c  <size>           Specify the track size for copy (1-15)",
            " -f[g] <fence> [CTGID]  Specify the new fence level",
            " -swaps               Swap the roles at the S-VOL and resynchronise",
            " -swapp               Swap the roles at the P-VOL and resynchronise",
            " -restore             Local copies only",
            " -l                   Act without the remote instance",
            " -cto <o-time> [c-time] [r-time]  Specify the timers of the CT group",
        ]

    private enum Direction {
        case forward
        case swapAtSecondary
        case swapAtPrimary
    }

    private var target: VolumeTarget
    private var direction = Direction.forward
    private var fence: FenceOption?
    private var copyPace: UInt8?
    private var localOnly = false

    package init(reading arguments: inout ArgumentReader) throws(HorcmFailure) {
        var targets = TargetOptions()
        while let option = arguments.next() {
            switch option {
            case "-swaps": direction = .swapAtSecondary
            case "-swapp": direction = .swapAtPrimary
            case "-restore":
                throw HorcmFailure(.invalidPairStatus, "-restore is for local copies, which the array does not have.")
            case "-l": localOnly = true
            case "-c": copyPace = try arguments.number(of: option, in: 1...15)
            case "-f", "-fg": fence = try FenceOption(option, &arguments)
            case "-cto": _ = try GroupTimers.read(option, &arguments)
            case _:
                guard try targets.take(option, &arguments) else { throw .unknown(option) }
            }
        }
        target = try targets.required()
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let local = try session.localVolumes(target, mode)
        switch direction {
        case .forward: try resynchronise(local, session)
        case .swapAtSecondary: try swap(local, .secondary, session)
        case .swapAtPrimary: try swap(local, .primary, session)
        }
        return 0
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
        let policy = try newFence(for: chosen)
        try session.perform(on: chosen, at: primaries.side) { .resynchronise($0, copyPace: copyPace, fence: policy) }
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
        try session.perform(on: chosen, at: .local) { .swap($0, copyPace: copyPace) }
    }
}
