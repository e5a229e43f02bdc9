// Can a pair be made under a host's load, once only, and does it leave nothing behind when it is deleted?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("making pairs", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct CreationTests {
    /// The whole volume must be free for an instant, which it never is by itself; and no write may slip between the
    /// first copied track and the volume's place in its group.
    @Test(
        "a pair is made while hosts write, and the copies agree",
        arguments: [ReplicationMode.synchronous(.never), .asynchronous])
    func underLoad(mode: ReplicationMode) throws {
        let top = try ArrayBenchtop(volumeBytes: 4 << 20)
        for _ in 0..<8 {
            let writers = StampedWriters(path: top.east.device(0), blocks: 256, threads: 8)
            writers.start()
            #expect(waitUntil(seconds: 10) { writers.writes > 100 })
            try top.pair(mode)
            writers.stop()
            #expect(writers.errors == 0)
            #expect(waitUntil(seconds: 10) { (try? top.copiesAreEqual()) == true })
            #expect(try top.east.ask(.delete([top.east.ldev(0)], localOnly: false)) == .done)
            #expect(try top.west.volume().pair == nil)
        }
    }

    @Test("of many requests for the same volumes at once one is done, and both arrays can delete it")
    func sameVolumesAtOnce() throws {
        let top = try ArrayBenchtop(volumes: 2)
        try top.pair(.synchronous(.never), volumes: [1])
        for _ in 0..<10 {
            let order = CreationOrder(
                pairings: [VolumePairing(local: top.east.ldev(0), remote: top.west.ldev(0))],
                remoteSerial: ArraySerial(30054), mode: .synchronous(.never), grouping: .separate, copyPace: 15,
                copiesData: false)
            let askers = Askers(count: 6, of: top.east, .create(order))
            let replies = askers.replies()
            #expect(replies.count { $0 == .done } == 1)
            #expect(replies.count { $0.isRefused(.alreadyPaired) } == 5)
            #expect(try top.east.ask(.delete([top.east.ldev(0)], localOnly: false)) == .done)
            #expect(try top.east.volume().pair == nil && top.west.volume().pair == nil)
        }
    }

    @Test("two volumes cannot be paired with the same one")
    func sameRemoteTwice() throws {
        let top = try ArrayBenchtop(volumes: 2)
        try top.pair(.synchronous(.never))
        #expect(try top.east.ask(.delete([top.east.ldev(0)], localOnly: false)) == .done)
        let order = CreationOrder(
            pairings: [0, 1].map { VolumePairing(local: top.east.ldev($0), remote: top.west.ldev(0)) },
            remoteSerial: ArraySerial(30054), mode: .asynchronous, grouping: .consistencyGroup(nil), copyPace: 15,
            copiesData: true)
        #expect(try top.east.ask(.create(order)).isRefused(.notUnderstood))
        #expect(try top.east.volume(0).pair == nil && top.east.volume(1).pair == nil)
    }

    @Test("the memory of deleted groups is given back while the link stays up")
    func deletedGroupsAreLetGo() throws {
        let top = try ArrayBenchtop(volumeBytes: 1 << 20)
        let before = try top.east.addressSpaceMegabytes()
        for _ in 0..<12 {
            try top.pair(.asynchronous)
            #expect(try top.east.ask(.delete([top.east.ldev(0)], localOnly: false)) == .done)
        }
        // Each had a side file of 64 MiB.
        #expect(waitUntil(seconds: 5) { ((try? top.east.addressSpaceMegabytes()) ?? .max) < before + 256 })
    }
}

/// Threads that ask the same at the same time.
private final class Askers: Sendable {
    private let threads: [NamedThread]
    private let collected: Monitor<[ArrayReply]>

    init(count: Int, of array: TestArray, _ request: ArrayRequest) {
        let collected = Monitor([ArrayReply]())
        self.collected = collected
        let device = array.commandDevice
        threads = (0..<count).map { index in
            NamedThread("asker \(index)") {
                guard let reply = try? TestArray.ask(request, device) else { return }
                collected.withLock { $0.append(reply) }
            }
        }
    }

    func replies() -> [ArrayReply] {
        for thread in threads { thread.join() }
        return collected.withLock { $0 }
    }
}

extension TestArray {
    func addressSpaceMegabytes() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/\(processIdentifier)/statm", encoding: .utf8)
            .split(separator: " ").first.flatMap { Int($0) }
        return try #require(pages) * 4096 / (1 << 20)
    }
}
