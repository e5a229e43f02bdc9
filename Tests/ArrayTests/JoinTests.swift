// Do volumes join a running group under their hosts' writes, and do both arrays agree about them after any kill?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import Synchronization
import TestSupport
import Testing

@Suite("joining a group", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct JoinTests {
    enum Kind: String, CaseIterable, Sendable {
        case data, never, asynchronous, journals

        var mode: ReplicationMode {
            switch self {
            case .data: .synchronous(.data)
            case .never: .synchronous(.never)
            case .asynchronous, .journals: .asynchronous
            }
        }
        var journals: JournalNumbers? { self == .journals ? JournalNumbers(local: 1, remote: 2) : nil }
    }

    private func order(
        _ top: ArrayBenchtop, _ kind: Kind, _ volumes: [Int], number: UInt8? = 5, copies: Bool = true
    ) -> CreationOrder {
        CreationOrder(
            pairings: volumes.map { VolumePairing(local: top.east.ldev($0), remote: top.west.ldev($0)) },
            remoteSerial: ArraySerial(30054), mode: kind.mode, grouping: .consistencyGroup(number), copyPace: 15,
            copiesData: copies, journals: kind.journals)
    }

    /// A benchtop whose group 5 has volume 0.
    private func begin(_ kind: Kind, volumes: Int) throws -> ArrayBenchtop {
        let top = try ArrayBenchtop(
            volumes: volumes, volumeBytes: 4 << 20, journals: kind == .journals ? [1, 2] : [])
        var first = order(top, kind, [0])
        first.timers.sideFileSeconds = 17
        var reply = ArrayReply.refused(.linkDown, nil)
        _ = waitUntil(seconds: 10) {
            reply = (try? top.east.ask(.create(first))) ?? reply
            return !reply.isRefused(.linkDown)
        }
        try #require(reply == .done)
        for array in [top.east, top.west] { try top.awaitStatus(.paired, on: array) }
        return top
    }

    private func group(_ array: TestArray) throws -> GroupSnapshot {
        guard case .inventory(.consistencyGroups(let groups)) = try array.ask(.inventory(.consistencyGroups)),
            let group = groups.first
        else { throw TestProblem("\(array.name) has no consistency group") }
        #expect(groups.count == 1)
        return group
    }

    // MARK: It works

    @Test("volumes join while all of them are written to, one by one and several at once", arguments: Kind.allCases)
    func underLoad(kind: Kind) throws {
        let top = try begin(kind, volumes: 4)
        let timers = try group(top.east).timers
        let writers = (0..<4).map { StampedWriters(path: top.east.device($0), blocks: 256, threads: 2) }
        for each in writers { each.start() }
        #expect(waitUntil(seconds: 10) { writers.allSatisfy { $0.writes > 50 } })
        for volumes in [[1], [2, 3]] {
            var order = order(top, kind, volumes)
            order.timers.sideFileSeconds = 200
            #expect(try top.east.ask(.create(order)) == .done)
            for volume in volumes {
                let pair = try top.east.pair(volume)
                #expect(try pair.consistencyGroup == 5 && pair.group == top.east.pair(0).group)
            }
            // The pair that was there sees nothing of it.
            #expect(top.east.status(0) == .paired && top.west.status(0) == .paired)
            for volume in volumes {
                for array in [top.east, top.west] { try top.awaitStatus(.paired, on: array, volume) }
            }
        }
        for each in writers { each.stop() }
        #expect(writers.allSatisfy { $0.errors == 0 })
        #expect(try group(top.east).pairCount == 4 && group(top.west).pairCount == 4)
        #expect(try group(top.east).timers == timers, "the group keeps its timers")
        for volume in 0..<4 {
            #expect(waitUntil(seconds: 20) { (try? top.copiesAreEqual(volume)) == true }, "volume \(volume)")
            let lost = StampedWriters.losses(in: try top.contents(top.west, volume), writers[volume].history)
            #expect(lost.isEmpty, "volume \(volume): \(lost.prefix(3))")
        }
        try leave(top, kind)
    }

    /// One pair leaves the others; with the last one the number is free, and so are the journals.
    private func leave(_ top: ArrayBenchtop, _ kind: Kind) throws {
        for volume in [2, 0, 3] {
            #expect(try top.east.ask(.delete([top.east.ldev(volume)], localOnly: false)) == .done)
            #expect(try top.east.volume(volume).pair == nil && top.west.volume(volume).pair == nil)
            #expect(top.east.status(1) == .paired && top.west.status(1) == .paired)
        }
        let id = try group(top.east).id
        #expect(try top.east.ask(.create(order(top, kind, [2], number: kind == .journals ? nil : 5))) == .done)
        #expect(try group(top.east).id == id && group(top.east).pairCount == 2)
        try top.awaitStatus(.paired, on: top.east, 2)
        #expect(try top.east.ask(.delete([1, 2].map(top.east.ldev), localOnly: false)) == .done)
        for array in [top.east, top.west] {
            #expect(try array.ask(.inventory(.consistencyGroups)) == .inventory(.consistencyGroups([])))
        }
        #expect(try top.east.ask(.create(order(top, kind, [3, 1]))) == .done)
        #expect(try group(top.east).id != id)
    }

    @Test("no copy: the pair is equal at once, and what is written after that goes over")
    func withoutACopy() throws {
        for kind in Kind.allCases {
            let top = try begin(kind, volumes: 2)
            #expect(try top.east.ask(.create(order(top, kind, [1], copies: false))) == .done)
            #expect(top.east.status(1) == .paired && top.west.status(1) == .paired)
            let writers = StampedWriters(path: top.east.device(1), blocks: 64)
            writers.start()
            #expect(waitUntil(seconds: 10) { writers.writes > 50 })
            writers.stop()
            #expect(writers.errors == 0)
            #expect(waitUntil(seconds: 20) { (try? top.copiesAreEqual(1)) == true })
        }
    }

    @Test("a group that pairs joined comes back with all of them, and roles change together")
    func itOutlastsItsProcesses() throws {
        let top = try begin(.asynchronous, volumes: 3)
        for volume in [2, 1] {
            #expect(try top.east.ask(.create(order(top, .asynchronous, [volume]))) == .done)
            for array in [top.east, top.west] { try top.awaitStatus(.paired, on: array, volume) }
        }
        #expect(try top.east.ask(.delete([top.east.ldev(2)], localOnly: false)) == .done)
        for array in [top.east, top.west] {
            #expect(array.stop() == 0)
            try array.start()
            array.kill()
            try array.start()
        }
        try top.awaitLink(true)
        for array in [top.east, top.west] {
            #expect(array.status(0) == .paired && array.status(1) == .paired)
            #expect(try array.volume(2).pair == nil)
        }
        #expect(try top.west.ask(.swap([0, 1].map(top.west.ldev), copyPace: 15)) == .done)
        for volume in [0, 1] {
            for array in [top.east, top.west] { try top.awaitStatus(.paired, on: array, volume) }
        }
        // The secondary of now has its order from the other side.
        #expect(try top.east.ask(.create(order(top, .asynchronous, [2]))).isRefused(.notPrimary))
        let back = CreationOrder(
            pairings: [VolumePairing(local: top.west.ldev(2), remote: top.east.ldev(2))],
            remoteSerial: ArraySerial(30053), mode: .asynchronous, grouping: .consistencyGroup(5), copyPace: 15)
        #expect(try top.west.ask(.create(back)) == .done)
        for array in [top.east, top.west] { try top.awaitStatus(.paired, on: array, 2) }
        #expect(try top.copiesAreEqual(2))
    }

    // MARK: Refusals

    @Test("what does not fit the group is refused, and changes nothing")
    func refusals() throws {
        let top = try begin(.asynchronous, volumes: 2)
        let join = order(top, .asynchronous, [1])
        var other = join
        other.mode = .synchronous(.never)
        #expect(try top.east.ask(.create(other)).isRefused(.groupDiffers))
        other = join
        other.startsSuspended = true
        #expect(try top.east.ask(.create(other)).isRefused(.notSupported))
        other = join
        other.pairings[0].remote = top.west.ldev(0)
        #expect(try top.east.ask(.create(other)).isRefused(.alreadyPaired))
        other.pairings[0].remote = LDEVNumber(0x7777)
        #expect(try top.east.ask(.create(other)).isRefused(.noSuchVolume))
        #expect(try top.east.ask(.split([top.east.ldev(0)], .secondaryReadOnly)) == .done)
        #expect(try top.east.ask(.create(join)).isRefused(.wrongStatus))
        #expect(try top.east.volume(1).pair == nil && top.west.volume(1).pair == nil)
        let marked = try top.east.pair().markedTracks
        #expect(try marked == 0 && group(top.east).pairCount == 1)
        try top.resynchronise()
        #expect(try top.east.ask(.create(join)) == .done)
        try top.awaitStatus(.paired, on: top.east, 1)
    }

    // MARK: Kills

    @Test(
        "whatever dies during a join, both arrays agree about the pair, and nothing acknowledged is lost",
        arguments: Kind.allCases)
    func kills(kind: Kind) throws {
        let top = try begin(kind, volumes: 2)
        var history: [BlockHistory]?
        for round in 0..<15 {
            let victim = KillTests.Victim.allCases[round % 3]
            let writers = StampedWriters(path: top.east.device(0), blocks: 256, before: history)
            writers.start()
            #expect(waitUntil(seconds: 10) { writers.writes > 20 })
            let asker = Asker(top.east, .create(order(top, kind, [1], copies: round % 2 == 0)))
            sleepNanoseconds(UInt64.random(in: 0...4_000_000))
            if victim != .secondary { top.east.kill() }
            if victim != .primary { top.west.kill() }
            writers.stop()
            asker.join()
            if victim != .primary { try top.west.start() }
            if victim != .secondary { try top.east.start() }
            let lost = StampedWriters.losses(in: try top.contents(top.east), writers.history)
            #expect(lost.isEmpty, "round \(round), \(victim): the primary misses \(lost.prefix(3))")
            try top.awaitLink(true)
            let agrees = waitUntil(seconds: 10) {
                (try? top.east.volume(1).pair == nil) == (try? top.west.volume(1).pair == nil)
            }
            #expect(agrees, "round \(round), \(victim): one side has a pair")
            let volumes = try top.east.volume(1).pair == nil ? [0] : [0, 1]
            try top.recoverPair(volumes)
            for volume in volumes {
                #expect(try top.copiesAreEqual(volume), "round \(round), \(victim): volume \(volume) differs")
            }
            if volumes == [0] {
                #expect(try top.east.ask(.create(order(top, kind, [1]))) == .done)
                try top.awaitStatus(.paired, on: top.east, 1)
                try top.awaitStatus(.paired, on: top.west, 1)
                #expect(waitUntil(seconds: 10) { (try? top.copiesAreEqual(1)) == true })
            }
            #expect(try top.east.ask(.delete([top.east.ldev(1)], localOnly: false)) == .done)
            let contents = try top.contents(top.east)
            history = writers.history.enumerated().map { block, entry in
                let number = StampedWriters.number(in: contents, block: block) ?? 0
                return BlockHistory(issued: max(entry.issued, number), acknowledged: number)
            }
        }
    }
}

/// One request that is asked while something else happens.
private final class Asker: Sendable {
    private let thread: NamedThread

    init(_ array: TestArray, _ request: ArrayRequest) {
        let device = array.commandDevice
        thread = NamedThread("asker") { _ = try? TestArray.ask(request, device) }
    }

    func join() { thread.join() }
}

@Suite("held mirrors", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct HeldMirrorTests {
    @Test("a held pair of journals copies what was written since, and outlasts its processes")
    func delta() throws {
        let top = try ArrayBenchtop(journals: [1, 2])
        try top.pair(.synchronous(.never))
        #expect(try top.east.ask(.delete([top.east.ldev(0)], localOnly: false)) == .done)
        let order = CreationOrder(
            pairings: [VolumePairing(local: top.east.ldev(0), remote: top.west.ldev(0))],
            remoteSerial: ArraySerial(30054), mode: .asynchronous, grouping: .consistencyGroup(nil), copyPace: 15,
            copiesData: false, journals: JournalNumbers(local: 1, remote: 2), startsSuspended: true)
        #expect(try top.east.ask(.create(order)) == .done)
        for array in [top.east, top.west] { #expect(array.status() == .suspended(.byOperator)) }
        #expect(try top.east.pair().markedTracks == 0)
        let writers = StampedWriters(path: top.east.device(0), blocks: 32)
        writers.start()
        #expect(waitUntil(seconds: 10) { writers.writes > 200 })
        writers.stop()
        let marked = try top.east.pair().markedTracks
        #expect(marked > 0 && marked <= 2, "32 blocks of 4 KiB are two tracks")
        for array in [top.east, top.west] {
            array.kill()
            try array.start()
        }
        try top.awaitLink(true)
        #expect(try top.east.journal(1)?.group?.isHeld == true && top.west.journal(2)?.group?.isHeld == true)
        try top.resynchronise()
        #expect(try top.copiesAreEqual())
        #expect(StampedWriters.losses(in: try top.contents(top.west), writers.history).isEmpty)
        #expect(try top.east.journal(1)?.group?.isHeld == false && top.west.journal(2)?.group?.isHeld == false)
    }
}
