// What does a host see, and what do both arrays say, when the link fails in one direction by itself?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("a failing link under each fence", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct FenceTests {
    enum Direction: CaseIterable, Sendable { case eastWest, westEast }

    struct Failure: Sendable, CustomTestStringConvertible {
        var mode: ReplicationMode
        var direction: Direction
        var passage: LinkPassage
        var testDescription: String { "\(mode), \(direction), \(passage)" }
        static let all = ReplicationMode.allCases.flatMap { mode in
            Direction.allCases.flatMap { direction in
                [LinkPassage.cut, .hole].map { Failure(mode: mode, direction: direction, passage: $0) }
            }
        }
    }

    @Test("the fence decides, the marks cover, and a copy makes both sides equal", arguments: Failure.all)
    func linkFails(_ failure: Failure) async throws {
        let top = try ArrayBenchtop()
        try top.pair(failure.mode)
        let writers = StampedWriters(path: top.east.device(0), blocks: 512)
        writers.start()
        sleepNanoseconds(10_000_000)
        let end = failure.direction == .eastWest ? top.east : top.west
        try await end.shape(ImpairmentRequest(passage: failure.passage))
        try top.awaitLink(false)
        sleepNanoseconds(20_000_000)
        writers.stop()

        let primary = try top.east.pair()
        switch failure.mode {
        case .synchronous(.data), .synchronous(.status):
            #expect(writers.errors > 0)
            #expect(primary.status == .suspended(.byFault))
            #expect(primary.isFenced && primary.access == .readOnly)
        case .synchronous(.never):
            #expect(writers.errors == 0)
            #expect(primary.status == .suspended(.byFault))
            #expect(!primary.isFenced && primary.access == .readWrite)
            #expect(primary.markedTracks > 0)
        case .asynchronous:
            #expect(writers.errors == 0)
            #expect(primary.status == .paired || primary.status == .suspended(.byFault))
        }
        // The secondary was not told, and nobody gave its hosts the right to write (I5).
        #expect(try top.west.pair().access == .readOnly)
        if failure.mode == .synchronous(.data) {
            let lost = StampedWriters.losses(in: try top.contents(top.west), writers.history)
            #expect(lost.isEmpty, "acknowledged under fence DATA, not on the secondary: \(lost.prefix(3))")
        }

        try await end.shape(ImpairmentRequest(passage: .open))
        try top.recoverPair()
        #expect(try top.copiesAreEqual())
        #expect(StampedWriters.losses(in: try top.contents(top.east), writers.history).isEmpty)
        #expect(try top.east.pair().access == .readWrite)
    }

    @Test("both sides of an asynchronous pair suspend after the link timeout, and the secondary is a prefix")
    func asynchronousLinkTimeout() async throws {
        let top = try ArrayBenchtop(volumes: 2, clockRate: 300)
        try top.pair(.asynchronous, volumes: [0, 1])
        let writer = OrderedWriter(paths: [top.east.device(0), top.east.device(1)], blocks: 256)
        writer.start()
        sleepNanoseconds(30_000_000)
        try await top.east.shape(ImpairmentRequest(passage: .cut))
        // 300 s on a clock that runs 300 times as fast.
        try top.awaitStatus(.suspended(.byFault), on: top.east, seconds: 10)
        try top.awaitStatus(.suspended(.byFault), on: top.west, seconds: 10)
        writer.stop()
        let cut = writer.cut(of: try [top.contents(top.west, 0), top.contents(top.west, 1)])
        #expect(cut.counterexample == nil)
        #expect(writer.acknowledged > cut.count)
        try await top.east.shape(ImpairmentRequest(passage: .open))
        try top.resynchronise([0, 1])
        #expect(try top.copiesAreEqual(0) && top.copiesAreEqual(1))
    }

    @Test("a group has the timers that it was given last, also after a kill")
    func timersOfAGroup() async throws {
        let top = try ArrayBenchtop(volumes: 2, clockRate: 20)
        try top.pair(.asynchronous, volumes: [0])
        try top.pair(.asynchronous, volumes: [1])
        let timers = GroupTimers(sideFileSeconds: 40, remoteReadyMinutes: 1)
        #expect(try top.east.ask(.journal(.setTimers([top.east.ldev(0)], timers))) == .done)
        #expect(try top.west.ask(.journal(.setTimers([top.west.ldev(0)], timers))).isRefused(.notPrimary))
        for _ in 0..<2 {
            guard case .inventory(.consistencyGroups(let groups)) = try top.east.ask(.inventory(.consistencyGroups))
            else { throw TestProblem("no groups") }
            #expect(groups.map(\.timers.remoteReadyMinutes) == [1, 5])
            #expect(groups.map(\.timers.sideFileSeconds) == [40, 90])
            top.east.kill()
            try top.east.start()
        }
        try top.awaitLink(true)
        for volume in [0, 1] where try top.east.pair(volume).status != .paired { try top.resynchronise([volume]) }
        try await top.east.shape(ImpairmentRequest(passage: .cut))
        // One minute and five on a clock that runs 20 times as fast.
        try top.awaitStatus(.suspended(.byFault), on: top.east, seconds: 30)
        #expect(try top.east.pair(1).status == .paired)
        try top.awaitStatus(.suspended(.byFault), on: top.east, 1, seconds: 60)
    }

    @Test("a full side file makes writers wait, then marks, and a copy repairs it")
    func sideFileFills() async throws {
        let top = try ArrayBenchtop(clockRate: 60, sideFileBytes: 4 << 20)
        try top.pair(.asynchronous)
        try await top.east.shape(ImpairmentRequest(bytesPerSecond: 200_000))
        let writers = StampedWriters(path: top.east.device(0), blocks: 2048)
        writers.start()
        // 90 s side-file timeout on the bench's clock is 1.5 s.
        try top.awaitStatus(.suspended(.sideFileFull), on: top.east, seconds: 60)
        writers.stop()
        #expect(writers.errors == 0)
        try await top.east.shape(ImpairmentRequest(bytesPerSecond: 0))
        try top.awaitStatus(.suspended(.sideFileFull), on: top.west, seconds: 30)
        #expect(try top.west.pair().isUsable)
        try top.resynchronise()
        #expect(try top.copiesAreEqual())
        #expect(StampedWriters.losses(in: try top.contents(top.east), writers.history).isEmpty)
    }
}
