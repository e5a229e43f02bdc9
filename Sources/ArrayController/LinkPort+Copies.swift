// Copies beside hosts that wait for the same link. A write that comes behind a copy waits until the far array has put that
// copy on its disk, so little of it may be under way while hosts write - as much as keeps both arrays and the wire at work,
// and no more. Without hosts nothing holds a copy back.

internal import LinkTransport
internal import Platform
internal import ReplicationCore
internal import Synchronization

extension LinkPort {
    /// A frame is under way for which a host waits, in either direction. // hot
    func hostWaits() { hostWaitedAt.store(monotonicNanoseconds(), ordering: .relaxed) }

    /// For so long a host that wrote is expected to write again, in nanoseconds, and a round trip longer.
    private static let patience: UInt64 = 10_000_000
    /// Two frames: one is put on the far disk while the next is read here. With three a host's write takes half as long
    /// again, and the copy is hardly faster.
    private static let queued = 2 * GroupMachine.longestCopyBesideHosts
    /// What a link without a limit is taken to carry, bytes per second.
    private static let fastest: UInt64 = 1 << 30

    /// How many bytes of one group's copies may be under way; nil = no host waits for this link.
    ///
    /// What a link with latency holds on its way delays nobody, and without it a long link would stand empty.
    var copyAllowance: Int? {
        let impairment = link.impairment
        let roundTrip = 2 * (impairment.latency.nanoseconds + impairment.jitter.nanoseconds)
        guard monotonicNanoseconds() < hostWaitedAt.load(ordering: .relaxed) + Self.patience + roundTrip else {
            return nil
        }
        let rate = min(impairment.bytesPerSecond ?? Self.fastest, Self.fastest)
        return Self.queued + Int(Double(rate) * Double(roundTrip) / 1e9)
    }
}
