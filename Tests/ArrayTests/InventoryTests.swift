// Does an array tell its ports, links, groups and the hosts' I/O as they are, and refuse what it cannot do?

import Bench
import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("what an array tells of itself", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct InventoryTests {
    private func groups(_ array: TestArray) throws -> [GroupSnapshot] {
        guard case .inventory(.consistencyGroups(let groups)) = try array.ask(.inventory(.consistencyGroups)) else {
            throw TestProblem("array \(array.name) tells no groups")
        }
        return groups
    }

    private func activity(_ array: TestArray, _ ldevs: [LDEVNumber]? = nil) throws -> [VolumeActivity] {
        guard case .inventory(.activity(let activity)) = try array.ask(.inventory(.activity(ldevs))) else {
            throw TestProblem("array \(array.name) tells no activity")
        }
        return activity
    }

    @Test("ports and links")
    func portsAndLinks() throws {
        let top = try ArrayBenchtop(volumes: 2)
        guard case .inventory(.ports(let ports)) = try top.east.ask(.inventory(.ports)) else {
            throw TestProblem("no ports")
        }
        #expect(ports.map(\.name) == ["CL1-A"] && ports[0].hostGroups == [0] && ports[0].loopAddress == 0xEF)
        guard case .inventory(.ports(let others)) = try top.west.ask(.inventory(.ports)) else {
            throw TestProblem("no ports")
        }
        #expect(others[0].wwn != ports[0].wwn)
        let remote = { try top.east.ask(.inventory(.remoteArrays)) }
        let whole = RemoteArraySnapshot(
            serial: ArraySerial(30054), linkName: "east-west", pathCount: 1, activePaths: 1)
        #expect(waitUntil(seconds: 10) { (try? remote()) == .inventory(.remoteArrays([whole])) })
        top.west.kill()
        var broken = whole
        broken.activePaths = 0
        #expect(waitUntil(seconds: 10) { (try? remote()) == .inventory(.remoteArrays([broken])) })
    }

    @Test("a consistency group on both sides, and the writes that wait")
    func consistencyGroup() throws {
        let top = try ArrayBenchtop(volumes: 2)
        #expect(try groups(top.east).isEmpty)
        try top.pair(.asynchronous, volumes: [0, 1])
        let writers = StampedWriters(path: top.east.device(0), blocks: 64, threads: 2)
        writers.start()
        #expect(waitUntil(seconds: 10) { writers.writes > 50 })
        writers.stop()
        #expect(waitUntil(seconds: 10) { (try? groups(top.east))?.first?.waiting == 0 })
        let (near, far) = (try groups(top.east)[0], try groups(top.west)[0])
        #expect(near.number == far.number && near.id == far.id && near.pairCount == 2 && far.pairCount == 2)
        #expect(near.role == .primary && far.role == .secondary && near.remoteSerial == ArraySerial(30054))
        #expect(near.marker == far.marker && near.marker.value > 50)
        // The bench's clock runs sixty times as fast; what is told is what was ordered.
        #expect(near.timers == GroupTimers(sideFileSeconds: 90, copyPendingMinutes: 5, remoteReadyMinutes: 5))
        #expect(try top.east.ask(.split([top.east.ldev(0)], .secondaryReadOnly)) == .done)
        #expect(try groups(top.east)[0].status == .suspended(.byOperator))
    }

    @Test("a pair that stands alone is no group")
    func separatePair() throws {
        let top = try ArrayBenchtop()
        try top.pair(.synchronous(.never))
        #expect(try groups(top.east).isEmpty)
    }

    @Test("the counters of reads and writes")
    func counters() throws {
        let top = try ArrayBenchtop(volumes: 2)
        let before = try activity(top.east)
        #expect(before.map(\.ldev) == [top.east.ldev(0), top.east.ldev(1)])
        let file = unsafe open(top.east.device(1), O_RDWR | O_CLOEXEC | directIO)
        try #require(file >= 0)
        defer { close(file) }
        let page = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 4096)
        defer { unsafe page.deallocate() }
        unsafe page.initializeMemory(as: UInt8.self, repeating: 7, count: 4096)
        for index in 0..<5 { #expect(unsafe pwrite(file, page, 4096, off_t(index) * 4096) == 4096) }
        for index in 0..<3 { #expect(unsafe pread(file, page, 4096, off_t(index) * 4096) == 4096) }
        let after = try activity(top.east, [top.east.ldev(1)])
        #expect(after.count == 1)
        #expect(after[0].writes - before[1].writes == 5 && after[0].writtenBytes - before[1].writtenBytes == 5 * 4096)
        #expect(after[0].reads - before[1].reads == 3 && after[0].readBytes - before[1].readBytes == 3 * 4096)
        #expect(try activity(top.east, [LDEVNumber(0x7777)]).isEmpty)
    }

    @Test("volumes in pages")
    func pages() throws {
        let top = try ArrayBenchtop(volumes: 3)
        let all = [2, 0, 1].map { top.east.ldev($0) }
        #expect(try top.east.ask(.volumes(.ldevs(all), from: 1)).ldevs == [top.east.ldev(0), top.east.ldev(1)])
        #expect(try top.east.ask(.volumes(.all, from: 2)).ldevs == [top.east.ldev(2)])
        #expect(try top.east.ask(.volumes(.all, from: 3)).ldevs == [])
        #expect(try top.east.ask(.volumes(.all, from: .max)).ldevs == [])
        let path = VolumePath(port: "CL1-A", target: 0, lun: 1)
        let missing = VolumePath(port: "CL1-A", target: 0, lun: 9)
        #expect(try top.east.ask(.volumes(.paths([missing, path]))).ldevs == [top.east.ldev(1)])
    }

    @Test("what this array cannot do is refused, and changes nothing")
    func refusals() throws {
        let top = try ArrayBenchtop()
        var order = CreationOrder(
            pairings: [VolumePairing(local: top.east.ldev(0), remote: top.west.ldev(0))],
            remoteSerial: ArraySerial(30054), mode: .asynchronous, grouping: .consistencyGroup(nil))
        order.journals = JournalNumbers(local: 0, remote: 0)
        #expect(try top.east.ask(.create(order)).isRefused(.journalMissing))
        order.journals = nil
        order.startsSuspended = true
        #expect(try top.east.ask(.create(order)).isRefused(.notSupported))
        #expect(try top.east.volume().pair == nil)
    }
}

extension ArrayReply {
    fileprivate var ldevs: [LDEVNumber]? {
        guard case .volumes(let volumes, nil) = self else { return nil }
        return volumes.map(\.ldev)
    }
}
