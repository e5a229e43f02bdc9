// What the tests of the link share: a pair of links on a private address, and a receiver that notes everything.

import CPlatform
import LinkTransport
import Platform
import ReplicationCore
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Which kind of socket a test runs over.
enum Medium: CaseIterable, Sendable, CustomTestStringConvertible {
    case unix, tcp
    var testDescription: String { self == .unix ? "Unix socket" : "TCP" }
}

/// A private folder under /tmp, gone with the value.
final class TemporaryFolder: Sendable {
    let path: String
    init() {
        var template = Array("/tmp/link-test-XXXXXX".utf8CString)
        unsafe template.withUnsafeMutableBufferPointer { _ = unsafe mkdtemp($0.baseAddress!) }
        path = unsafe template.withUnsafeBufferPointer { unsafe String(cString: $0.baseAddress!) }
    }
    deinit {
        unsafe unlink(path + "/link.sock")
        unsafe rmdir(path)
    }
    func address(_ medium: Medium) -> LinkAddress {
        medium == .unix ? .unix(path: path + "/link.sock") : .tcp(host: "127.0.0.1", port: 0)
    }
}

/// Notes what a link tells its owner.
final class Witness: LinkReceiver {
    struct Notes {
        var ups = 0
        var losses: [LinkLoss] = []
        var frames: [FrameHeader] = []
        var payloads: [[UInt8]] = []
        var events: [LinkEvent] = []
        /// Frames that had come when the link fell quiet last.
        var quietAfter = 0
        /// A call came at a time when it must not.
        var isDisorderly = false
    }
    let notes = Monitor(Notes())
    /// Payloads up to this length are kept.
    let keptBytes: Int

    init(keeping bytes: Int = 64) { keptBytes = bytes }

    func linkIsUp() {
        note { notes in
            if notes.ups != notes.losses.count { notes.isDisorderly = true }
            notes.ups += 1
        }
    }
    func linkIsDown(_ reason: LinkLoss) {
        note { notes in
            notes.losses.append(reason)
            if notes.ups != notes.losses.count { notes.isDisorderly = true }
        }
    }
    func received(_ header: FrameHeader, payload: UnsafeRawBufferPointer) {
        let kept = unsafe Array(payload.prefix(keptBytes))
        note { notes in
            if notes.ups != notes.losses.count + 1 { notes.isDisorderly = true }
            notes.frames.append(header)
            notes.payloads.append(kept)
        }
    }
    func receivedBatch() -> Bool { true }
    func fellQuiet() { note { $0.quietAfter = $0.frames.count } }

    private func note(_ body: (inout Notes) -> Void) {
        notes.withLock(body)
        notes.wakeAll()
    }

    func log(_ event: LinkEvent) { note { $0.events.append(event) } }

    /// Waits until it is so, at most 20 s. Returns whether it is.
    func sees(seconds: UInt64 = 20, _ condition: (Notes) -> Bool) -> Bool {
        notes.wait(until: monotonicNanoseconds() + seconds * 1_000_000_000) { condition($0) ? true : nil } ?? false
    }
    var sequences: [UInt64] { notes.withLock { $0.frames.map(\.sequence.value) } }
}

let goodKey = [UInt8](repeating: 0x41, count: 32)

func timers(timeout: Span = .seconds(3), interval: Span = .milliseconds(200)) -> ArrayTimers {
    var timers = ArrayTimers()
    timers.heartbeatTimeout = timeout
    timers.heartbeatInterval = interval
    return timers
}

/// Two arrays' ends of a link: A (serial 1) connects, B (serial 2) listens.
final class LinkPair {
    let folder = TemporaryFolder()
    let a: Link
    let b: Link
    let seenByA: Witness
    let seenByB: Witness

    init(_ medium: Medium, timers: ArrayTimers = timers(), keeping bytes: Int = 64) throws {
        let witnessA = Witness(keeping: bytes)
        let witnessB = Witness(keeping: bytes)
        (seenByA, seenByB) = (witnessA, witnessB)
        b = Link(
            configuration(.listens(folder.address(medium)), own: 2, remote: 1, timers: timers), log: witnessB.log)
        try b.start(receiver: witnessB)
        a = Link(configuration(.connects(b.listeningAddress!), own: 1, remote: 2, timers: timers), log: witnessA.log)
        try a.start(receiver: witnessA)
        #expect(seenByA.sees { $0.ups == 1 } && seenByB.sees { $0.ups == 1 }, "the link comes up")
    }

    func stop() {
        a.stop()
        b.stop()
        for witness in [seenByA, seenByB] {
            let notes = witness.notes.withLock { $0 }
            #expect(!notes.isDisorderly)
            #expect(notes.ups == notes.losses.count, "one end for every beginning")
        }
    }
}

func configuration(
    _ end: LinkEnd, own: UInt64, remote: UInt64, key: [UInt8] = goodKey, timers: ArrayTimers = timers()
) -> LinkConfiguration {
    LinkConfiguration(
        name: "t\(own)", end: end, localSerial: ArraySerial(own), remoteSerial: ArraySerial(remote), key: key,
        timers: timers)
}

/// A frame as a span: memory of its own, given back by the test.
@safe struct TestSpan: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
    init(_ sequence: UInt64, payload: Int, fill: UInt8 = 0x5A) {
        unsafe bytes = .allocate(byteCount: FrameHeader.byteCount + payload, alignment: 64)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: fill)
        write(sequence)
    }
    func write(_ sequence: UInt64) {
        let payload = unsafe UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.byteCount...])
        let header = unsafe FrameHeader(
            kind: .write, payloadBytes: UInt32(payload.count), sequence: SequenceNumber(sequence),
            payloadChecksum: payloadChecksum(payload))
        unsafe header.encode(into: bytes)
    }
    func scribble() { unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0xEE) }
    func deallocate() { unsafe bytes.deallocate() }
    var span: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(bytes) }
}
