// Does a pair with journals go on as if nothing had been when its arrays are killed, and is it ever anything but in order?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("journals and kill -9", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct JournalKillTests {
    private static let numbers = JournalNumbers(local: 1, remote: 2)

    /// An hour on the bench's clock: no timer ends a pair while an array starts.
    private static func benchtop(volumes: Int = 1) throws -> ArrayBenchtop {
        var timers = TimerConfiguration()
        timers.linkTimeoutSeconds = 3600
        let top = try ArrayBenchtop(volumes: volumes, journals: [1, 2], timers: timers)
        try top.pair(.asynchronous, volumes: Array(0..<volumes), journals: numbers)
        return top
    }

    @Test("nothing is lost or marked, the pair stays paired, and the copies become equal by themselves")
    func killedArraysGoOn() throws {
        let top = try Self.benchtop()
        var history: [BlockHistory]?
        for round in 0..<30 {
            let victim = KillTests.Victim.allCases[round % 3]
            let writers = StampedWriters(path: top.east.device(0), blocks: 512, before: history)
            writers.start()
            #expect(waitUntil(seconds: 10) { writers.writes > 0 })
            sleepNanoseconds(UInt64.random(in: 0...50_000_000))
            if victim != .secondary { top.east.kill() }
            if victim != .primary { top.west.kill() }
            if victim == .secondary { sleepNanoseconds(UInt64.random(in: 0...20_000_000)) }
            writers.stop()
            if victim != .primary { try top.west.start() }
            if victim != .secondary { try top.east.start() }
            let lost = StampedWriters.losses(in: try top.contents(top.east), writers.history)
            #expect(lost.isEmpty, "round \(round), \(victim): the primary misses \(lost.prefix(3))")
            for array in [top.east, top.west] {
                #expect(array.status() == .paired, "round \(round), \(victim): \(array.name)")
                #expect(try array.pair().markedTracks == 0, "round \(round), \(victim): \(array.name)")
            }
            #expect(
                waitUntil(seconds: 20) { (try? top.copiesAreEqual()) == true },
                "round \(round), \(victim): the copies stay different")
            let contents = try top.contents(top.east)
            history = writers.history.enumerated().map { block, entry in
                let number = StampedWriters.number(in: contents, block: block) ?? 0
                return BlockHistory(issued: max(entry.issued, number), acknowledged: number)
            }
        }
        #expect(top.east.log.contains("frames lie in its journal"))
    }

    @Test(
        "the secondary is a prefix of the order over both volumes, with everything that was delivered",
        arguments: KillTests.Victim.allCases, [false, true])
    func secondaryIsAPrefix(victim: KillTests.Victim, takesOver: Bool) throws {
        let top = try Self.benchtop(volumes: 2)
        let before = try marker(top).newest
        let writer = OrderedWriter(paths: [top.east.device(0), top.east.device(1)], blocks: 256)
        writer.start()
        sleepNanoseconds(UInt64.random(in: 30_000_000...150_000_000))
        let delivered = try marker(top).delivered
        if victim != .secondary { top.east.kill() }
        if victim != .primary { top.west.kill() }
        writer.stop()
        // A primary that lives on would send the rest while the copy is read.
        if victim == .secondary { top.east.kill() }
        if victim != .primary { try top.west.start() }
        if takesOver {
            let order = ArrayRequest.takeOver([top.west.ldev(0), top.west.ldev(1)], timeoutSeconds: 20)
            #expect(try top.west.ask(order) == .done)
            #expect(top.west.status() == .takenOver)
        } else {
            #expect(waitUntil(seconds: 20) { (try? top.west.journal(2)?.group?.waiting) == 0 })
        }
        let cut = writer.cut(of: try [top.contents(top.west, 0), top.contents(top.west, 1)])
        #expect(cut.counterexample == nil)
        #expect(cut.count >= Int(delivered.value - before.value))
        try top.east.start()
        guard takesOver else { return }
        try top.awaitLink(true)
        #expect(waitUntil(seconds: 10) { top.east.status()?.isSuspended == true })
        #expect(try top.west.ask(.swap([top.west.ldev(0), top.west.ldev(1)], copyPace: 15)) == .done)
        for index in 0..<2 {
            try top.awaitStatus(.paired, on: top.west, index)
            #expect(waitUntil(seconds: 20) { (try? top.copiesAreEqual(index)) == true })
        }
    }

    @Test("after another boot of its machine nothing in a journal is trusted")
    func anotherBoot() async throws {
        let top = try Self.benchtop()
        try await top.east.shape(ImpairmentRequest(passage: .cut))
        try top.awaitLink(false)
        let writers = StampedWriters(path: top.east.device(0), blocks: 64)
        writers.start()
        #expect(waitUntil(seconds: 10) { writers.writes > 50 })
        writers.stop()
        top.east.kill()
        try Data("another boot\n".utf8).write(to: URL(fileURLWithPath: top.east.configuration.stateDirectory + "/boot"))
        try top.east.start()
        #expect(top.east.status() == .suspended(.byFault))
        #expect(try top.east.pair().markedTracks == top.east.pair().trackCount)
        #expect(try top.east.journal(1)?.usedPercent == 0)
        // An array starts with an open line.
        try top.recoverPair()
        #expect(try top.copiesAreEqual())
    }

    @Test("an array does not start without the journal that a pair of it uses")
    func missingJournal() throws {
        let top = try Self.benchtop()
        top.east.kill()
        let file = top.east.configuration.stateDirectory + "/journals/001"
        try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
        #expect(throws: TestProblem.self) { try top.east.start() }
        #expect(top.east.log.contains("journals/001 is missing, and a pair uses it"))
        #expect(!FileManager.default.fileExists(atPath: file))
        try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
        try top.east.start()
        #expect(top.east.status() == .paired)
    }

    private func marker(_ top: ArrayBenchtop) throws -> GroupMarker {
        guard case .journal(.markers(let markers)) = try top.east.ask(.journal(.marker([top.east.ldev(0)]))),
            let marker = markers.first
        else { throw TestProblem("no marker") }
        return marker
    }
}

extension TestArray {
    /// One of its journals, as an inventory shows it.
    func journal(_ number: UInt8) throws -> JournalSnapshot? {
        guard case .inventory(.journals(let journals)) = try ask(.inventory(.journals)) else {
            throw TestProblem("array \(name) shows no journals")
        }
        return journals.first { $0.number == number }
    }
}
