// Do journals serve one pair after the other, tell how full they are, and give up in time when they stay full?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("journals", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct JournalTests {
    private func order(_ top: ArrayBenchtop, _ index: Int, _ local: UInt8, _ remote: UInt8) -> ArrayRequest {
        .create(
            CreationOrder(
                pairings: [VolumePairing(local: top.east.ldev(index), remote: top.west.ldev(index))],
                remoteSerial: ArraySerial(30054), mode: .asynchronous, grouping: .consistencyGroup(nil), copyPace: 15,
                journals: JournalNumbers(local: local, remote: remote)))
    }

    @Test("a journal serves one group; one that is not there or serves another is refused on either side")
    func oneGroupEach() throws {
        let top = try ArrayBenchtop(volumes: 2, journals: [1, 2])
        try top.pair(.asynchronous, journals: JournalNumbers(local: 1, remote: 2))
        #expect(try top.east.pair().journal == 1 && top.east.pair().remoteJournal == 2)
        #expect(try top.west.pair().journal == 2 && top.west.pair().remoteJournal == 1)
        for (local, remote, refusal) in [
            (7, 1, .journalMissing), (2, 7, .journalMissing), (1, 1, .journalInUse), (2, 2, .journalInUse),
        ] as [(UInt8, UInt8, Refusal)] {
            #expect(try top.east.ask(order(top, 1, local, remote)).isRefused(refusal), "\(local), \(remote)")
            #expect(try top.east.volume(1).pair == nil && top.west.volume(1).pair == nil)
        }
        #expect(try top.east.journal(1)?.group?.role == .primary)
        #expect(try top.west.journal(2)?.group?.role == .secondary)
        #expect(try top.east.journal(2)?.group == nil && top.west.journal(1)?.group == nil)
        #expect(try top.east.journal(1)?.ldevs == [LDEVNumber(0xF0)] && top.east.journal(1)?.byteCount == 16 << 20)
        // Deleted, it is free again, at once.
        for _ in 0..<5 {
            #expect(try top.east.ask(.delete([top.east.ldev(0)], localOnly: false)) == .done)
            #expect(try top.east.journal(1)?.group == nil && top.west.journal(2)?.group == nil)
            try top.pair(.asynchronous, copies: false, journals: JournalNumbers(local: 1, remote: 2))
        }
        #expect(try top.east.ask(order(top, 1, 2, 1)) == .done)
    }

    @Test("a full journal makes hosts wait until its timer gives it up; a resynchronisation mends it")
    func fullJournal() async throws {
        let top = try ArrayBenchtop(volumeBytes: 32 << 20, journals: [1, 2])
        try top.pair(.asynchronous, journals: JournalNumbers(local: 1, remote: 2))
        try await top.east.shape(ImpairmentRequest(passage: .hole))
        let writers = StampedWriters(path: top.east.device(0), blocks: 8192, threads: 8)
        writers.start()
        var wasFull = false
        let isGivenUp = waitUntil(seconds: 60) {
            guard let pair = try? top.east.pair() else { return false }
            if pair.status == .paired, pair.isAboveHighWater { wasFull = true }
            return pair.status == .suspended(.sideFileFull)
        }
        #expect(isGivenUp && wasFull)
        let written = writers.writes
        #expect(waitUntil(seconds: 10) { writers.writes > written + 100 })
        writers.stop()
        #expect(writers.errors == 0)
        #expect(try top.east.pair().markedTracks > 0)
        #expect(try top.east.journal(1)?.usedPercent == 0)
        try await top.east.shape(ImpairmentRequest(passage: .open))
        try top.recoverPair()
        #expect(try top.copiesAreEqual())
        #expect(StampedWriters.losses(in: try top.contents(top.west), writers.history).isEmpty)
    }

    @Test("roles change there and back under writes, and a split holds everything that was written before")
    func rolesAndSplits() throws {
        let top = try ArrayBenchtop(journals: [1, 2])
        try top.pair(.asynchronous, journals: JournalNumbers(local: 1, remote: 2))
        var history: [BlockHistory]?
        for (near, far) in [(top.east, top.west), (top.west, top.east), (top.east, top.west)] {
            let writers = StampedWriters(path: near.device(0), blocks: 512, before: history)
            writers.start()
            #expect(waitUntil(seconds: 10) { writers.writes > 300 })
            #expect(try near.ask(.split([near.ldev(0)], .secondaryReadOnly)) == .done)
            #expect(far.status() == .suspended(.byOperator))
            writers.stop()
            #expect(try near.ask(.resynchronise([near.ldev(0)], copyPace: 15, fence: nil)) == .done)
            try top.awaitStatus(.paired, on: near)
            try top.awaitStatus(.paired, on: far)
            #expect(try far.ask(.swap([far.ldev(0)], copyPace: 15)) == .done)
            try top.awaitStatus(.paired, on: far)
            try top.awaitStatus(.paired, on: near)
            let lost = StampedWriters.losses(in: try top.contents(far), writers.history)
            #expect(lost.isEmpty, "\(lost.prefix(3))")
            #expect(waitUntil(seconds: 20) { (try? top.copiesAreEqual()) == true })
            history = writers.history
        }
    }
}
