// What a command has an array do with pairs, whichever kind they are; a mode turns it into the array's own request.

package import CommandDevice
package import ReplicationCore

package enum PairOrder: Hashable, Sendable {
    case split(SplitKind)
    /// nil keeps pace or fence.
    case resynchronise(pace: UInt8?, FencePolicy?)
    case restore(pace: UInt8?)
    case delete(localOnly: Bool)
    case takeOver(timeoutSeconds: UInt32?)
    case rollBack
    case swap(pace: UInt8?)
    case lowerFence
    /// Suspends as a fault would.
    case fail

    /// The request for the array of `volumes`, which are all in that one.
    /// - Throws: EX_INVMOD if pairs of that kind cannot be told to; EX_ENLDEV if a volume is not known to the array.
    package func request(_ mode: CopyMode, for volumes: [VolumeView]) throws(HorcmFailure) -> ArrayRequest {
        switch mode {
        case .horc: try remoteRequest(volumes.ldevs())
        case .mrcf: .local(try localOrder(volumes))
        }
    }

    private func remoteRequest(_ ldevs: [LDEVNumber]) throws(HorcmFailure) -> ArrayRequest {
        switch self {
        case .split(let kind): .split(ldevs, kind)
        case .resynchronise(let pace, let fence): .resynchronise(ldevs, copyPace: pace, fence: fence)
        case .delete(let localOnly): .delete(ldevs, localOnly: localOnly)
        case .takeOver(let seconds): .takeOver(ldevs, timeoutSeconds: seconds)
        case .rollBack: .rollBackTakeover(ldevs)
        case .swap(let pace): .swap(ldevs, copyPace: pace)
        case .lowerFence: .lowerFence(ldevs)
        case .restore, .fail: throw HorcmFailure(.invalidMode, "Only local copies have this order.")
        }
    }
}

extension Array where Element == VolumeView {
    /// Their numbers in the array.
    func ldevs() throws(HorcmFailure) -> [LDEVNumber] {
        let ldevs = compactMap(\.report.ldev)
        guard ldevs.count == count else { throw HorcmFailure(.noSuchLDEV) }
        return ldevs
    }
}
