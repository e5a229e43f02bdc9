// The way there and back: takeover, work on the other side, swap resynchronisation, home.

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("takeover and swap", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct SwapTests {
    @Test(
        "writes that the old primary acknowledged after the cut and writes of the new one both travel",
        arguments: [false, true])
    func unionOfMarksTravels(askedAtOldPrimary: Bool) async throws {
        let top = try ArrayBenchtop()
        try top.pair(.synchronous(.never))
        try fill(top.east.device(0), track: 1, 0x11)
        try await top.east.shape(ImpairmentRequest(passage: .cut))
        try top.awaitLink(false)
        // Acknowledged by the old primary alone: tracks 2 and 3.
        try fill(top.east.device(0), track: 2, 0x22)
        try fill(top.east.device(0), track: 3, 0x33)
        #expect(try top.west.ask(.takeOver([top.west.ldev(0)], timeoutSeconds: nil)) == .done)
        // The new primary's own: tracks 3 and 4.
        try fill(top.west.device(0), track: 3, 0x44)
        try fill(top.west.device(0), track: 4, 0x55)
        let expected = try top.contents(top.west)
        try await top.east.shape(ImpairmentRequest(passage: .open))
        try top.awaitLink(true)
        #expect(try top.east.pair().markedTracks == 2)
        #expect(try top.west.pair().markedTracks == 2)

        // A plain resynchronisation would throw the new primary's work away: it is refused.
        let plain = try top.east.ask(.resynchronise([top.east.ldev(0)], copyPace: nil, fence: nil))
        #expect(plain == .refused(.secondaryTookOver, top.east.ldev(0)))

        let asked = askedAtOldPrimary ? top.east : top.west
        #expect(try asked.ask(.swap([asked.ldev(0)], copyPace: 15)) == .done)
        try top.awaitStatus(.paired, on: top.west)
        try top.awaitStatus(.paired, on: top.east)
        #expect(try top.west.pair().role == .primary && top.east.pair().role == .secondary)
        #expect(try top.contents(top.west) == expected)
        #expect(try top.contents(top.east) == expected, "the old primary's own writes did not travel back")
    }

    @Test(
        "a planned swap there and home keeps every write",
        arguments: [ReplicationMode.synchronous(.data), .asynchronous])
    func plannedSwap(mode: ReplicationMode) throws {
        let top = try ArrayBenchtop(volumes: 2)
        try top.pair(mode, volumes: [0, 1])
        let ldevs = [top.east.ldev(0), top.east.ldev(1)]
        for (round, side) in [top.west, top.east, top.west, top.east].enumerated() {
            let old = side === top.west ? top.east : top.west
            let writer = StampedWriters(path: old.device(0), blocks: 256, stopsAtError: true)
            writer.start()
            sleepNanoseconds(20_000_000)
            #expect(try side.ask(.swap(ldevs, copyPace: 15)) == .done, "round \(round)")
            writer.stop()
            try top.awaitStatus(.paired, on: side)
            try top.awaitStatus(.paired, on: side, 1)
            #expect(StampedWriters.losses(in: try top.contents(side), writer.history).isEmpty, "round \(round)")
            #expect(try old.pair().access == .readOnly)
            try reset(side.device(0), blocks: 256)
            #expect(waitUntil(seconds: 5) { (try? top.copiesAreEqual()) == true })
        }
    }

    @Test("a secondary whose copy was interrupted refuses a takeover until a copy has ended")
    func interruptedCopyIsNotUsable() async throws {
        let top = try ArrayBenchtop(volumeBytes: 64 << 20)
        try top.pair(.synchronous(.never), copies: false)
        #expect(try top.east.ask(.split([top.east.ldev(0)], .secondaryReadOnly)) == .done)
        let writers = StampedWriters(path: top.east.device(0), blocks: 16384)
        writers.start()
        sleepNanoseconds(100_000_000)
        writers.stop()
        try await top.east.shape(ImpairmentRequest(bytesPerSecond: 1_000_000))
        #expect(try top.east.ask(.resynchronise([top.east.ldev(0)], copyPace: 1, fence: nil)) == .done)
        try await top.east.shape(ImpairmentRequest(passage: .cut))
        try top.awaitLink(false)
        #expect(try top.west.pair().isUsable == false)
        #expect(
            try top.west.ask(.takeOver([top.west.ldev(0)], timeoutSeconds: nil))
                == .refused(.secondaryUnusable, top.west.ldev(0)))
        #expect(try top.west.pair().access == .readOnly)
        try await top.east.shape(ImpairmentRequest(passage: .open, bytesPerSecond: 0))
        try top.resynchronise()
        #expect(try top.west.pair().isUsable)
        #expect(try top.copiesAreEqual())
        #expect(try top.west.ask(.takeOver([top.west.ldev(0)], timeoutSeconds: nil)) == .done)
    }

    @Test("a takeover drains what the primary still has")
    func takeoverDrains() async throws {
        let top = try ArrayBenchtop(volumes: 2)
        try top.pair(.asynchronous, volumes: [0, 1])
        try await top.east.shape(ImpairmentRequest(latencyMicroseconds: 50_000))
        let writer = OrderedWriter(paths: [top.east.device(0), top.east.device(1)], blocks: 256)
        writer.start()
        sleepNanoseconds(100_000_000)
        writer.stop()
        let ldevs = [top.west.ldev(0), top.west.ldev(1)]
        #expect(try top.west.ask(.takeOver(ldevs, timeoutSeconds: 30)) == .done)
        let cut = writer.cut(of: try [top.contents(top.west, 0), top.contents(top.west, 1)])
        #expect(cut.counterexample == nil)
        #expect(cut.count == writer.acknowledged, "the tail was lost although the link was up")
        #expect(try top.west.pair().status == .takenOver && top.west.pair(1).status == .takenOver)
    }

    @Test("a refused command changes nothing on either side")
    func refusalsChangeNothing() throws {
        let top = try ArrayBenchtop(volumes: 2)
        try top.pair(.synchronous(.data))
        let l = top.east.ldev(0)
        let before = try [top.east.volume(), top.west.volume()]
        let refused: [(TestArray, ArrayRequest, Refusal)] = [
            (top.west, .split([l], .secondaryReadOnly), .notPrimary),
            (top.west, .resynchronise([l], copyPace: nil, fence: nil), .notPrimary),
            (top.west, .delete([l], localOnly: false), .notPrimary),
            (top.west, .rollBackTakeover([l]), .wrongStatus),
            (top.east, .takeOver([l], timeoutSeconds: nil), .notSecondary),
            (top.east, .swap([l], copyPace: nil), .wrongStatus),
            (top.east, .lowerFence([l]), .wrongStatus),
            (top.east, .split([top.east.ldev(1)], .secondaryReadOnly), .notPaired),
            (top.east, .split([LDEVNumber(999)], .secondaryReadOnly), .noSuchVolume),
        ]
        for (array, request, refusal) in refused {
            guard case .refused(let reason, _) = try array.ask(request) else {
                Issue.record("\(request) on \(array.name) was not refused")
                continue
            }
            #expect(reason == refusal, "\(request) on \(array.name)")
            #expect(try [top.east.volume(), top.west.volume()] == before, "\(request) on \(array.name)")
        }
    }

    private func fill(_ path: String, track: Int, _ byte: UInt8) throws {
        let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        let bytes = [UInt8](repeating: byte, count: 65536)
        guard unsafe pwrite(file, bytes, bytes.count, off_t(track * 65536)) == bytes.count else {
            throw TestProblem("cannot write track \(track) of \(path): errno \(errno)")
        }
    }

    private func reset(_ path: String, blocks: Int) throws {
        let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        let bytes = [UInt8](repeating: 0, count: blocks * 4096)
        guard unsafe pwrite(file, bytes, bytes.count, 0) == bytes.count else {
            throw TestProblem("cannot clear \(path): errno \(errno)")
        }
    }
}
