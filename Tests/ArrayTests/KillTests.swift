// Does any acknowledged write get lost when an array is killed at a random instant and started again?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("kill -9 under load", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct KillTests {
    enum Victim: String, CaseIterable, Sendable { case primary, secondary, both }

    /// A hundred kills in all: every mode, every victim, random instants.
    @Test(
        "an acknowledged write survives, and the copies agree after a resynchronisation",
        arguments: ReplicationMode.allCases)
    func acknowledgedWritesSurvive(mode: ReplicationMode) throws {
        let top = try ArrayBenchtop()
        try top.pair(mode)
        var history: [BlockHistory]?
        for round in 0..<27 {
            let victim = Victim.allCases[round % 3]
            let writers = StampedWriters(path: top.east.device(0), blocks: 512, before: history)
            writers.start()
            #expect(waitUntil(seconds: 10) { writers.writes > 0 })
            sleepNanoseconds(UInt64.random(in: 0...50_000_000))
            if victim != .secondary { top.east.kill() }
            if victim != .primary { top.west.kill() }
            if victim == .secondary { sleepNanoseconds(5_000_000) }
            writers.stop()
            history = writers.history
            if victim != .primary { try top.west.start() }
            if mode == .synchronous(.data) {
                let lost = StampedWriters.losses(in: try top.contents(top.west), writers.history)
                #expect(lost.isEmpty, "round \(round), \(victim): the secondary misses \(lost.prefix(3))")
            }
            if victim != .secondary { try top.east.start() }
            let lost = StampedWriters.losses(in: try top.contents(top.east), writers.history)
            #expect(lost.isEmpty, "round \(round), \(victim): the primary misses \(lost.prefix(3))")
            try top.recoverPair()
            #expect(try top.copiesAreEqual(), "round \(round), \(victim): the copies differ after the copy")
            // What the blocks hold now is where the next round starts: writes never acknowledged may have gone.
            let contents = try top.contents(top.east)
            history = history!.enumerated().map { block, entry in
                let number = StampedWriters.number(in: contents, block: block) ?? 0
                return BlockHistory(issued: max(entry.issued, number), acknowledged: number)
            }
        }
    }

    @Test(
        "an asynchronous secondary is a prefix of the order over both volumes after every kill",
        arguments: [Victim.primary, .secondary, .both])
    func secondaryIsAPrefix(victim: Victim) throws {
        let top = try ArrayBenchtop(volumes: 2)
        try top.pair(.asynchronous, volumes: [0, 1])
        let writer = OrderedWriter(paths: [top.east.device(0), top.east.device(1)], blocks: 256)
        writer.start()
        sleepNanoseconds(UInt64.random(in: 30_000_000...150_000_000))
        if victim != .secondary { top.east.kill() }
        if victim != .primary { top.west.kill() }
        writer.stop()
        // A primary that lives on would send the rest while the copy is read.
        if victim == .secondary { top.east.kill() }
        if victim != .primary { try top.west.start() }
        let copies = try [top.contents(top.west, 0), top.contents(top.west, 1)]
        let cut = writer.cut(of: copies)
        #expect(cut.counterexample == nil)
        #expect(cut.count > 0)
        try top.east.start()
    }

    @Test(
        "a pair that nobody was writing to is still paired after both arrays were killed",
        arguments: ReplicationMode.allCases)
    func quietPairsStayPaired(mode: ReplicationMode) throws {
        let top = try ArrayBenchtop()
        try top.pair(mode)
        top.east.kill()
        top.west.kill()
        try top.west.start()
        try top.east.start()
        try top.awaitLink(true)
        #expect(top.east.status() == .paired)
        #expect(top.west.status() == .paired)
        let writers = StampedWriters(path: top.east.device(0), blocks: 64)
        writers.start()
        #expect(waitUntil(seconds: 10) { writers.writes > 10 })
        writers.stop()
        #expect(writers.errors == 0)
        #expect(waitUntil(seconds: 5) { (try? top.copiesAreEqual()) == true })
    }
}

extension ArrayBenchtop {
    /// Whatever state a failure left: brings the pair back to paired, east being primary.
    func recoverPair(_ volumes: [Int] = [0]) throws {
        try awaitLink(true, volumes[0])
        // An asynchronous stream may still be running out; a suspension may still be on its way.
        let settled = waitUntil(seconds: 10) {
            volumes.allSatisfy { self.east.status($0) == .paired && self.west.status($0) == .paired }
                && (try? volumes.allSatisfy { try self.copiesAreEqual($0) }) == true
                || volumes.allSatisfy { self.east.status($0)?.isSuspended == true }
        }
        guard settled else {
            throw TestProblem("east \(east.status()!), west \(west.status()!): neither paired and equal nor suspended")
        }
        if east.status(volumes[0]) != .paired { try resynchronise(volumes) }
    }
}
