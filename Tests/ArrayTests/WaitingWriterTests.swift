// Can an operator still reach an array whose host writes all wait?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("writers that wait", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct WaitingWriterTests {
    /// More writers than the array has workers, on a link that takes nothing.
    private func startWritersUntilAllWait(_ top: ArrayBenchtop) -> StampedWriters {
        let writers = StampedWriters(path: top.east.device(0), blocks: 2048, threads: 32)
        writers.start()
        var last = 0
        let allWait = waitUntil(seconds: 20) {
            defer { last = writers.writes }
            sleepNanoseconds(200_000_000)
            return last > 0 && writers.writes == last
        }
        #expect(allWait, "the side file never filled")
        return writers
    }

    @Test("commands are answered while more writers than the array has workers wait for room")
    func commandsAreAnswered() async throws {
        // On the real clock a full side file makes writers wait for 90 s.
        let top = try ArrayBenchtop(clockRate: 1, sideFileBytes: 4 << 20)
        try top.pair(.asynchronous)
        try await top.east.shape(ImpairmentRequest(passage: .hole))
        let writers = startWritersUntilAllWait(top)
        let last = writers.writes
        #expect(try top.east.pair().isAboveHighWater)
        // A split lets them go on: what they write is marked.
        #expect(try top.east.ask(.split([top.east.ldev(0)], .secondaryReadOnly)) == .done)
        #expect(waitUntil(seconds: 10) { writers.writes > last + 32 })
        writers.stop()
        #expect(writers.errors == 0)
    }

    @Test("an array stops in order while its host writes wait, also after its link was lost", arguments: [false, true])
    func stopsWhileWritersWait(linkIsLost: Bool) async throws {
        let top = try ArrayBenchtop(clockRate: 1, sideFileBytes: 4 << 20)
        try top.pair(.asynchronous)
        try await top.east.shape(ImpairmentRequest(passage: linkIsLost ? .cut : .hole))
        let writers = startWritersUntilAllWait(top)
        #expect(top.east.stop(within: 15) == 0)
        writers.stop()
        try top.east.start()
        // Nothing that was acknowledged is missing, and what had not gone over is marked.
        #expect(StampedWriters.losses(in: try top.contents(top.east), writers.history).isEmpty)
        #expect(try top.east.pair().status == .suspended(.byFault))
        try top.recoverPair()
        #expect(try top.copiesAreEqual())
    }
}
