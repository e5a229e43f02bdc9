// Does a guard refuse hosts and copies what it says, until it is lowered, and after the array was killed?

import Bench
import CommandDevice
import Foundation
import ReplicationCore
import TestSupport
import Testing

@Suite("guards of volumes", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct GuardTests {
    /// Opens, reads and writes a page. Returns the errno of each: 0 where it went well, nil where it was not tried.
    private func use(_ path: String) -> (open: Int32, read: Int32?, write: Int32?) {
        let file = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return (errno, nil, nil) }
        defer { close(file) }
        var page = [UInt8](repeating: 3, count: 4096)
        let read = unsafe pread(file, &page, 4096, 0) == 4096 ? 0 : errno
        let write = unsafe pwrite(file, &page, 4096, 4096) == 4096 ? 0 : errno
        return (0, read, write)
    }

    private func set(_ array: TestArray, _ flags: GuardFlags, _ days: UInt16 = 0) throws -> ArrayReply {
        try array.ask(.guards(.set([array.ldev(0)], flags, retentionDays: days)))
    }

    private func shown(_ array: TestArray) throws -> GuardSnapshot {
        guard case .guards(let guards) = try array.ask(.guards(.show([array.ldev(0)]))), let first = guards.first else {
            throw TestProblem("array \(array.name) shows no guard")
        }
        return first
    }

    @Test("each flag refuses what it is for, and nothing after it is lowered")
    func flags() throws {
        let top = try ArrayBenchtop()
        let device = top.east.device(0)
        #expect(use(device) == (0, 0, 0))
        #expect(try set(top.east, [.write]) == .done)
        #expect(use(device) == (0, 0, EIO))
        #expect(try set(top.east, [.read, .write]) == .done)
        #expect(use(device) == (0, EIO, EIO))
        #expect(try set(top.east, [.capacity, .read, .write]) == .done)
        #expect(use(device).open == EIO)
        #expect(try set(top.east, [.inquiry, .capacity, .read, .write]) == .done)
        #expect(use(device).open == ENXIO)
        #expect(try top.east.volume().guards == [.inquiry, .capacity, .read, .write])
        #expect(try set(top.east, []) == .done)
        #expect(use(device) == (0, 0, 0))
        #expect(try top.east.ask(.guards(.show([LDEVNumber(0x7777)]))).isRefused(.noSuchVolume))
    }

    @Test("what a guard refuses is counted, and nothing else")
    func errorsAreCounted() throws {
        let top = try ArrayBenchtop()
        let device = top.east.device(0)
        func count() throws -> UInt32 { try top.east.volume().guardErrors }
        #expect(use(device) == (0, 0, 0))
        #expect(try count() == 0)
        #expect(try set(top.east, [.write]) == .done)
        #expect(use(device) == (0, 0, EIO))
        let once = try count()
        #expect(once > 0)
        #expect(use(device) == (0, 0, EIO))
        #expect(try count() > once)
        #expect(try set(top.east, [.capacity]) == .done)
        let before = try count()
        #expect(use(device).open == EIO)
        #expect(try count() > before)
        #expect(try set(top.east, []) == .done)
        let after = try count()
        #expect(use(device) == (0, 0, 0))
        #expect(try count() == after)
        // A secondary that its state keeps hosts from is not guarded.
        try top.pair(.synchronous(.never))
        #expect(use(top.west.device(0)).write != 0)
        #expect(try top.west.volume().guardErrors == 0)
    }

    @Test("a guard outlives kill -9")
    func survivesAKill() throws {
        let top = try ArrayBenchtop()
        #expect(try set(top.east, [.write, .secondary]) == .done)
        top.east.kill()
        try top.east.start()
        #expect(try shown(top.east).flags == [.write, .secondary])
        #expect(use(top.east.device(0)) == (0, 0, EIO))
    }

    @Test("while the retention runs a guard is only raised")
    func retention() throws {
        let top = try ArrayBenchtop(clockRate: 1)
        #expect(try set(top.east, [.write], 3) == .done)
        #expect(
            try shown(top.east)
                == GuardSnapshot(
                    ldev: top.east.ldev(0), flags: [.write], changeable: [], retentionDays: 3))
        #expect(try set(top.east, []).isRefused(.retained))
        #expect(try set(top.east, [.write], 2).isRefused(.retained))
        #expect(try set(top.east, [.read], 5).isRefused(.retained))
        #expect(try shown(top.east).flags == [.write])
        #expect(try set(top.east, [.write, .read], 5) == .done)
        #expect(try shown(top.east).retentionDays == 5)
    }

    @Test("the retention's days pass on the bench's clock")
    func retentionEnds() throws {
        // A day takes two seconds.
        let top = try ArrayBenchtop(clockRate: 43_200)
        #expect(try set(top.east, [.write], 1) == .done)
        #expect(try set(top.east, []).isRefused(.retained))
        #expect(waitUntil(seconds: 20) { (try? set(top.east, [])) == .done })
        #expect(use(top.east.device(0)) == (0, 0, 0))
    }

    @Test("a guarded volume becomes no secondary and is not copied to")
    func secondaries() throws {
        let top = try ArrayBenchtop()
        let ldev = top.east.ldev(0)
        #expect(try set(top.west, [.secondary]) == .done)
        let order = CreationOrder(
            pairings: [VolumePairing(local: ldev, remote: top.west.ldev(0))], remoteSerial: ArraySerial(30054),
            mode: .synchronous(.never), grouping: .separate)
        var reply = ArrayReply.refused(.linkDown, nil)
        _ = waitUntil(seconds: 10) {
            reply = (try? top.east.ask(.create(order))) ?? reply
            return !reply.isRefused(.linkDown)
        }
        #expect(reply.isRefused(.guarded))
        #expect(try top.east.volume().pair == nil && top.west.volume().pair == nil)
        #expect(try set(top.west, []) == .done)
        try top.pair(.synchronous(.never))

        // A split secondary that is guarded is not copied to, and the pair stays as it is.
        #expect(try top.east.ask(.split([ldev], .secondaryWritable)) == .done)
        #expect(try set(top.west, [.secondary]) == .done)
        #expect(try top.east.ask(.resynchronise([ldev], copyPace: nil, fence: nil)).isRefused(.guarded))
        #expect(top.east.status() == .suspended(.byOperator) && top.west.status() == .suspended(.byOperator))
        #expect(try set(top.west, []) == .done)

        // A guarded primary does not change roles, asked of either side.
        #expect(try set(top.east, [.secondary]) == .done)
        #expect(try top.east.ask(.swap([ldev], copyPace: nil)).isRefused(.guarded))
        #expect(try top.west.ask(.swap([ldev], copyPace: nil)).isRefused(.guarded))
        #expect(try top.east.pair().role == .primary && top.west.pair().role == .secondary)
        #expect(try set(top.east, []) == .done)
        try top.resynchronise()
        #expect(try top.copiesAreEqual())
    }
}
