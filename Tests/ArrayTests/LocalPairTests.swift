// Do local pairs on a real array do what an operator expects: images at one instant, copies that follow, restores, and
// hosts that may write exactly where they should?

import CommandDevice
import Foundation
import Platform
import ReplicationCore
import Synchronization
import TestSupport
import Testing

@Suite("local pairs", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct LocalPairTests {
    @Test("a pair's life: copy, split, resynchronise, restore, delete")
    func life() throws {
        let top = try ArrayBenchtop(volumes: 3)
        let east = top.east
        let pair = east.localName(0, 2)
        for block in stride(from: 0, to: 1000, by: 7) { try east.fill(0, block: block, UInt8(block % 251)) }
        let before = try top.contents(east, 0)
        try east.orderLocal(.create(LocalCreationOrder(names: [pair], copyPace: 15)))
        #expect(!east.takesWrites(2) && east.takesWrites(0))
        try east.awaitEqual()
        #expect(try top.contents(east, 2) == before)

        try east.orderLocal(.split([pair]))
        try east.awaitLocal(.split)
        #expect(east.takesWrites(2))
        try east.fill(0, block: 3, 0xAA)
        try east.fill(2, block: 900, 0xBB)
        #expect(try east.localPair(2).isWrittenSinceSplit)
        #expect(try east.localPair(0).cleanPercent < 100)

        // The secondary's own change goes.
        try east.orderLocal(.resynchronise([pair], copyPace: nil))
        #expect(!east.takesWrites(2))
        try east.awaitEqual()
        let now = try top.contents(east, 0)
        #expect(try top.contents(east, 2) == now && now[3 * 4096] == 0xAA)

        // The primary's changes go, the secondary's stay.
        try east.orderLocal(.split([pair]))
        try east.awaitLocal(.split)
        try east.fill(0, block: 4, 0xCC)
        try east.fill(2, block: 901, 0xDD)
        try east.orderLocal(.restore([pair], copyPace: 15))
        try east.awaitEqual()
        var expected = now
        expected.replaceSubrange(901 * 4096..<902 * 4096, with: [UInt8](repeating: 0xDD, count: 4096))
        #expect(try top.contents(east, 0) == expected)
        #expect(try top.contents(east, 2) == expected)
        #expect(east.takesWrites(0) && !east.takesWrites(2))

        try east.orderLocal(.delete([pair]))
        #expect(try east.volume(0).localPairs.isEmpty && east.volume(2).localPairs.isEmpty)
        #expect(east.takesWrites(2))
    }

    @Test("a split of two pairs under load is a cut through the host's order", arguments: [false, true])
    func splitIsOneInstant(splitsAtCreation: Bool) throws {
        let top = try ArrayBenchtop(volumes: 4)
        let east = top.east
        let names = [east.localName(0, 2), east.localName(1, 3)]
        var order = LocalCreationOrder(names: names, copyPace: 2, isAtTime: true)
        let writer = OrderedWriter(paths: [east.device(0), east.device(1)], blocks: 1024)
        if splitsAtCreation {
            order.splits = true
            writer.start()
            #expect(waitUntil(seconds: 20) { writer.acknowledged > 50 })
        }
        try east.orderLocal(.create(order))
        if !splitsAtCreation {
            try east.awaitEqual(2)
            writer.start()
            #expect(waitUntil(seconds: 20) { writer.acknowledged > 0 })
        }
        for round in 0..<(splitsAtCreation ? 1 : 12) {
            if !splitsAtCreation {
                sleepNanoseconds(UInt64.random(in: 1_000_000...30_000_000))
                try east.orderLocal(.split(names))
            }
            // The last of these may have been answered before the split, and not been counted yet.
            let issued = writer.order.count
            try east.awaitLocal(.split, 2)
            try east.awaitLocal(.split, 3)
            let cut = writer.cut(of: [try top.contents(east, 2), try top.contents(east, 3)])
            #expect(cut.counterexample == nil, "round \(round)")
            #expect(cut.count > 0 && cut.count <= issued, "round \(round)")
            #expect(waitUntil(seconds: 20) { writer.acknowledged > issued }, "the host goes on")
            if !splitsAtCreation {
                try east.orderLocal(.resynchronise(names, copyPace: 2))
            }
        }
        writer.stop()
        #expect(try east.localPair(0).group == 0)
    }

    /// Hosts take the run away that the copier was about to copy, again and again: each writes 16 tracks at once, which are
    /// copied before the write. What no host writes must be copied all the same.
    @Test("a split ends although hosts copy out of the copier's way what it was about to copy")
    func splitUnderWritesOfManyTracks() throws {
        let top = try ArrayBenchtop(volumes: 4, volumeBytes: 64 << 20)
        let east = top.east
        let names = [east.localName(0, 2), east.localName(1, 3)]
        let isOver = Atomic(false)
        let writers = [0, 1].map { index in
            let path = east.device(index)
            return NamedThread("writer \(index)") {
                let file = unsafe open(path, O_RDWR | O_CLOEXEC)
                defer { close(file) }
                let bytes = [UInt8](repeating: 0x5A, count: 1 << 20)
                while !isOver.load(ordering: .relaxed) {
                    for offset in 0..<32 { _ = unsafe pwrite(file, bytes, bytes.count, off_t(offset << 20)) }
                }
            }
        }
        defer {
            isOver.store(true, ordering: .relaxed)
            for writer in writers { writer.join() }
        }
        for _ in 0..<4 {
            try east.orderLocal(.create(LocalCreationOrder(names: names, copyPace: 1, isAtTime: true, splits: true)))
            try east.awaitLocal(.split, 2)
            try east.awaitLocal(.split, 3)
            try east.orderLocal(.delete(names))
        }
    }

    @Test("three copies of one volume, each at its own time, and a restore from one is seen by the others")
    func threeMirrors() throws {
        let top = try ArrayBenchtop(volumes: 4)
        let east = top.east
        var images: [[UInt8]] = []
        for mirror in 0..<3 as Range<UInt8> {
            try east.fill(0, block: 100 * Int(mirror), mirror + 1)
            let pair = east.localName(0, Int(mirror) + 1, mirror: mirror)
            try east.orderLocal(.create(LocalCreationOrder(names: [pair], copyPace: 15, splits: true)))
            images.append(try top.contents(east, 0))
            try east.fill(0, block: 5, 0x10 + mirror)
            try east.awaitLocal(.split, Int(mirror) + 1, mirror: mirror)
        }
        for mirror in 0..<3 { #expect(try top.contents(east, mirror + 1) == images[mirror]) }
        try east.orderLocal(.restore([east.localName(0, 2, mirror: 1)], copyPace: 15))
        try east.awaitEqual(2, mirror: 1)
        #expect(try top.contents(east, 0) == images[1])
        // Mirror 0 knows where the primary is now another, and catches up with that alone.
        try east.orderLocal(.resynchronise([east.localName(0, 1, mirror: 0)], copyPace: 15))
        try east.awaitEqual(1, mirror: 0)
        #expect(try top.contents(east, 1) == images[1])
        #expect(try top.contents(east, 3) == images[2])
    }

    @Test("what cannot be is refused and changes nothing")
    func refusals() throws {
        let top = try ArrayBenchtop(volumes: 4)
        let east = top.east
        let pair = east.localName(0, 2)
        try top.pair(.synchronous(.never), volumes: [1])
        func refused(_ order: LocalOrder, _ refusal: Refusal, sourceLocation: SourceLocation = #_sourceLocation) throws
        {
            let before = try (0..<4).map { try east.volume($0) }
            #expect(try east.ask(.local(order)).isRefused(refusal), sourceLocation: sourceLocation)
            let after = try (0..<4).map { try east.volume($0) }
            #expect(before == after, sourceLocation: sourceLocation)
        }
        func create(_ names: LocalName...) -> LocalOrder { .create(LocalCreationOrder(names: names, copyPace: 15)) }
        try refused(create(east.localName(0, 0)), .notUnderstood)
        try refused(create(east.localName(0, 2, mirror: 3)), .notUnderstood)
        try refused(create(LocalName(primary: LDEVNumber(0x7777), secondary: east.ldev(2), mirror: 0)), .noSuchVolume)
        try refused(create(east.localName(0, 1)), .alreadyPaired)
        try refused(.split([pair]), .notPaired)
        try east.orderLocal(create(pair))
        try east.awaitEqual()
        try refused(create(east.localName(0, 3)), .alreadyPaired)
        try refused(create(east.localName(3, 2, mirror: 1)), .alreadyPaired)
        try refused(create(east.localName(2, 3)), .alreadyPaired)
        try refused(.restore([pair], copyPace: nil), .wrongStatus)
        try refused(.resynchronise([pair], copyPace: 16), .notUnderstood)
        // A copy cannot become anybody's near or far side.
        let far = CreationOrder(
            pairings: [VolumePairing(local: east.ldev(2), remote: top.west.ldev(2))], remoteSerial: ArraySerial(30054),
            mode: .synchronous(.never), grouping: .separate)
        #expect(try east.ask(.create(far)).isRefused(.alreadyPaired))
        let near = CreationOrder(
            pairings: [VolumePairing(local: top.west.ldev(2), remote: east.ldev(2))], remoteSerial: ArraySerial(30053),
            mode: .synchronous(.never), grouping: .separate)
        #expect(try top.west.ask(.create(near)).isRefused(.alreadyPaired))
        // A primary whose far side follows is not restored.
        let chained = east.localName(1, 3)
        try east.orderLocal(create(chained))
        try east.awaitEqual(3)
        try east.orderLocal(.split([chained]))
        try east.awaitLocal(.split, 3)
        try refused(.restore([chained], copyPace: nil), .wrongStatus)
        try east.orderLocal(.fail([pair]))
        try refused(.split([pair]), .wrongStatus)
        try refused(.restore([pair], copyPace: nil), .wrongStatus)
        try east.orderLocal(.resynchronise([pair], copyPace: nil))
        try east.awaitEqual()
    }

    /// What real scripts do: an image of the far side before its bitmap copy begins, and back to it if that goes wrong.
    @Test(
        "a local copy of the far side outlives a resynchronisation and is restored",
        arguments: [
            ReplicationMode.synchronous(.never), .asynchronous,
        ])
    func copyOfTheFarSide(mode: ReplicationMode) async throws {
        let top = try ArrayBenchtop(volumes: 3)
        let (east, west) = (top.east, top.west)
        try top.pair(mode, volumes: [0])
        let pair = west.localName(0, 2)
        let writer = OrderedWriter(paths: [east.device(0)], blocks: 512)
        writer.start()
        try west.orderLocal(.create(LocalCreationOrder(names: [pair], copyPace: 15)))
        try west.awaitLocal(.paired)
        // Split under load: the image is a prefix of what the host over there wrote.
        try west.orderLocal(.split([pair]))
        try west.awaitLocal(.split)
        let cut = writer.cut(of: [try top.contents(west, 2)])
        #expect(cut.counterexample == nil && cut.count > 0)
        writer.stop()
        let image = try top.contents(west, 2)

        #expect(try east.ask(.split([east.ldev(0)], .secondaryReadOnly)) == .done)
        try top.awaitStatus(.suspended(.byOperator), on: west)
        try east.fill(0, block: 1000, 0x77)
        // The far side goes back to its image; the near side finds out at the next copy.
        try west.orderLocal(.restore([pair], copyPace: 15))
        try west.awaitEqual()
        #expect(try top.contents(west, 0) == image)
        try top.resynchronise([0])
        #expect(waitUntil(seconds: 10) { (try? top.copiesAreEqual(0)) == true })
        try west.awaitEqual()
        #expect(try top.contents(west, 2) == (try top.contents(east, 0)))
    }

    @Test("a near side that is restored travels with the next resynchronisation, and none begins meanwhile")
    func copyOfTheNearSide() throws {
        let top = try ArrayBenchtop(volumes: 3)
        let (east, west) = (top.east, top.west)
        let pair = east.localName(0, 2)
        try east.fill(0, block: 8, 1)
        try east.orderLocal(.create(LocalCreationOrder(names: [pair], copyPace: 15, splits: true)))
        try east.awaitLocal(.split)
        let image = try top.contents(east, 2)
        try top.pair(.synchronous(.never), volumes: [0])
        for block in stride(from: 0, to: 2000, by: 3) { try east.fill(0, block: block, 9) }
        #expect(try east.ask(.split([east.ldev(0)], .secondaryWritable)) == .done)
        try east.orderLocal(.restore([pair], copyPace: 1))
        // From either side: the bitmap copy is refused as long as the restore runs, and then not.
        var refusals = 0
        let isDone = waitUntil(seconds: 20) {
            let reply = try? east.ask(.resynchronise([east.ldev(0)], copyPace: 15, fence: nil))
            if reply?.isRefused(.busy) == true { refusals += 1 }
            return reply == .done
        }
        #expect(isDone && refusals > 0)
        try top.awaitStatus(.paired, on: west)
        #expect(try top.contents(west, 0) == image && top.contents(east, 0) == image)
    }
}
