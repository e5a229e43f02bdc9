// Can anybody without the key, or the wrong array, reach a frame, disturb a link or keep a legitimate peer out?

import CPlatform
import LinkTransport
import Platform
import ReplicationCore
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A program that is no array.
final class Stranger: Sendable {
    let descriptor: Int32

    init(_ address: LinkAddress) {
        switch address {
        case .unix(let path):
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
            Self.connect(descriptor, name)
        case .tcp(_, let port):
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            Self.connect(descriptor, name)
        }
    }
    deinit { close(descriptor) }

    private static func connect<T>(_ descriptor: Int32, _ name: T) {
        let result = unsafe withUnsafeBytes(of: name) { raw in
            unsafe Glibc.connect(
                descriptor, raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
        #expect(result == 0)
    }

    func send(_ bytes: [UInt8]) {
        _ = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Everything that comes until the other side closes, at most 10 s.
    func hearsOut() -> [UInt8] {
        var time = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var heard: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 512)
        while true {
            let count = unsafe recv(descriptor, &room, room.count, 0)
            guard count > 0 else { return heard }
            heard += room.prefix(count)
        }
    }
}

@Suite(.serialized) struct StrangerTests {
    /// A listening B whose legitimate peer has not come yet.
    private static func listening(
        _ medium: Medium, _ folder: TemporaryFolder, limit: Span = .seconds(5)
    ) throws -> (Link, Witness) {
        let witness = Witness()
        var settings = configuration(.listens(folder.address(medium)), own: 2, remote: 1)
        settings.handshakeLimit = limit
        let link = Link(settings, log: witness.log)
        try link.start(receiver: witness)
        return (link, witness)
    }

    /// The legitimate A connects and a frame of it arrives; only then has nobody been kept out.
    private static func legitimatePeerConnects(_ b: Link, _ seenByB: Witness, as number: UInt64 = 1) throws {
        let witness = Witness()
        let a = Link(configuration(.connects(b.listeningAddress!), own: 1, remote: 2), log: witness.log)
        try a.start(receiver: witness)
        #expect(witness.sees { $0.ups == 1 })
        a.enqueue(frame: FrameHeader(kind: .control, sequence: SequenceNumber(99)))
        a.flush()
        #expect(seenByB.sees { $0.frames.map(\.sequence.value) == [99] }, "its frame, and nobody else's")
        a.stop()
    }

    /// The first bytes of a hello as a true peer without the key would send them.
    private static func hello(
        version: UInt16 = LinkHello.currentVersion, serial: UInt64 = 1, wants: UInt64 = 2
    ) -> [UInt8] {
        var writer = WireWriter()
        writer.write(UInt32(0x484C_4241))
        writer.write(version)
        writer.write(UInt8(1))
        writer.write(UInt8(0))
        writer.write(serial)
        writer.write(wants)
        writer.write(raw: [UInt8](repeating: 3, count: 32))
        return writer.bytes
    }

    private static func proof(_ bytes: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.write(UInt32(0x484C_4241))
        writer.write(LinkHello.currentVersion)
        writer.write(UInt8(2))
        writer.write(UInt8(0))
        writer.write(raw: bytes)
        return writer.bytes
    }

    private static func frame() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
        unsafe bytes.withUnsafeMutableBytes { raw in
            unsafe FrameHeader(kind: .control, sequence: SequenceNumber(13)).encode(into: raw)
        }
        return bytes
    }

    struct Approach: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var refusal: LinkRefusal
    }

    private static let approaches: [Approach] = [
        Approach(
            testDescription: "garbage", bytes: (0..<500).map { UInt8(truncatingIfNeeded: $0 * 31) }, refusal: .disorder),
        Approach(testDescription: "a frame at once", bytes: frame(), refusal: .disorder),
        Approach(testDescription: "another version", bytes: hello(version: 9), refusal: .version),
        Approach(testDescription: "another array", bytes: hello(serial: 7), refusal: .unexpectedSerial),
        Approach(testDescription: "looking for another", bytes: hello(wants: 7), refusal: .notTheWantedArray),
        Approach(
            testDescription: "a made-up proof", bytes: hello() + proof([UInt8](repeating: 1, count: 32)) + frame(),
            refusal: .wrongKey),
        Approach(testDescription: "a proof first", bytes: proof([UInt8](repeating: 1, count: 32)), refusal: .disorder),
        Approach(testDescription: "two hellos", bytes: hello() + hello() + frame(), refusal: .disorder),
    ]

    @Test(arguments: Medium.allCases, approaches)
    func aStrangerIsRefusedAndThePeerStillConnects(medium: Medium, approach: Approach) throws {
        let folder = TemporaryFolder()
        let (b, seenByB) = try Self.listening(medium, folder)
        let stranger = Stranger(b.listeningAddress!)
        stranger.send(approach.bytes)
        _ = stranger.hearsOut()
        #expect(seenByB.sees { $0.events.contains(.refused(approach.refusal)) })
        #expect(seenByB.notes.withLock { $0.ups } == 0)
        try Self.legitimatePeerConnects(b, seenByB)
        b.stop()
    }

    /// A proof that a side made is worth nothing when it is sent back to it.
    @Test func aReflectedHandshakeProvesNothing() throws {
        let folder = TemporaryFolder()
        let (b, seenByB) = try Self.listening(.unix, folder)
        let stranger = Stranger(b.listeningAddress!)
        stranger.send(Self.hello())
        #expect(seenByB.notes.withLock { $0.ups } == 0)
        let other = Stranger(b.listeningAddress!)
        other.send(Self.hello() + Self.proof([UInt8](repeating: 0, count: 32)))
        // The listening side never sends a proof before it has seen a good one: there is nothing to reflect.
        #expect(other.hearsOut().count == 56 + 8)
        #expect(seenByB.notes.withLock { $0.ups } == 0)
        b.stop()
    }

    @Test(arguments: Medium.allCases) func silentStrangersKeepNobodyOut(medium: Medium) throws {
        let folder = TemporaryFolder()
        let (b, seenByB) = try Self.listening(medium, folder)
        let strangers = (0..<40).map { _ in Stranger(b.listeningAddress!) }
        try Self.legitimatePeerConnects(b, seenByB)
        #expect(strangers.count == 40)
        b.stop()
    }

    @Test func aSilentStrangerIsClosedAfterTheLimit() throws {
        let folder = TemporaryFolder()
        let (b, seenByB) = try Self.listening(.unix, folder, limit: .milliseconds(200))
        let stranger = Stranger(b.listeningAddress!)
        #expect(stranger.hearsOut().count == 8, "a refusal, and the end")
        #expect(seenByB.sees { $0.events.contains(.refused(.tooSlow)) })
        b.stop()
    }

    @Test(arguments: Medium.allCases) func anEstablishedLinkIsNotDisturbed(medium: Medium) throws {
        let pair = try LinkPair(medium)
        for approach in Self.approaches {
            let stranger = Stranger(pair.b.listeningAddress!)
            stranger.send(approach.bytes)
            _ = stranger.hearsOut()
        }
        #expect(pair.a.enqueue(frame: FrameHeader(kind: .control, sequence: SequenceNumber(4))))
        pair.a.flush()
        #expect(pair.seenByB.sees { $0.frames.map(\.sequence.value) == [4] })
        #expect(pair.seenByB.notes.withLock { $0.ups } == 1 && pair.seenByA.notes.withLock { $0.losses }.isEmpty)
        pair.stop()
    }

    @Test(arguments: Medium.allCases) func twoKeysAreRefusedOnBothSides(medium: Medium) throws {
        let folder = TemporaryFolder()
        let (b, seenByB) = try Self.listening(medium, folder)
        let seenByA = Witness()
        let wrong = Link(
            configuration(
                .connects(b.listeningAddress!), own: 1, remote: 2, key: [UInt8](repeating: 0x42, count: 32)),
            log: seenByA.log)
        try wrong.start(receiver: seenByA)
        #expect(seenByB.sees { $0.events.contains(.refused(.wrongKey)) })
        #expect(seenByA.sees { $0.events.contains(.refusedByPeer(.wrongKey)) })
        wrong.stop()
        #expect(seenByA.notes.withLock { $0.ups } == 0)
        try Self.legitimatePeerConnects(b, seenByB)
        b.stop()
    }

    @Test func anotherArrayIsRefusedOnBothSides() throws {
        let folder = TemporaryFolder()
        let (b, seenByB) = try Self.listening(.unix, folder)
        let seenByA = Witness()
        let other = Link(configuration(.connects(b.listeningAddress!), own: 3, remote: 2), log: seenByA.log)
        try other.start(receiver: seenByA)
        #expect(seenByB.sees { $0.events.contains(.refused(.unexpectedSerial)) })
        #expect(seenByA.sees { $0.events.contains(.refusedByPeer(.unexpectedSerial)) })
        other.stop()
        b.stop()
    }

    /// The far array was killed and comes back before its old connection was noticed dead.
    @Test(arguments: Medium.allCases) func aNewConnectionReplacesTheOld(medium: Medium) throws {
        let pair = try LinkPair(medium)
        let witness = Witness()
        let again = Link(configuration(.connects(pair.b.listeningAddress!), own: 1, remote: 2), log: witness.log)
        try again.start(receiver: witness)
        #expect(witness.sees { $0.ups >= 1 })
        #expect(pair.seenByB.sees { $0.losses.first == .replaced })
        again.stop()
        #expect(pair.seenByA.sees { $0.ups >= 2 }, "the one that remains connects again")
        pair.stop()
    }
}
