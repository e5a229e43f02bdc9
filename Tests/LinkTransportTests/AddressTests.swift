// Are addresses read as written, and is what stands in the way named?

import CPlatform
import LinkTransport
import Platform
import ReplicationCore
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.serialized) struct AddressTests {
    @Test(arguments: [
        ("unix:/run/a.sock", LinkAddress.unix(path: "/run/a.sock")),
        ("tcp:127.0.0.1:7001", .tcp(host: "127.0.0.1", port: 7001)),
        ("tcp:localhost:0", .tcp(host: "localhost", port: 0)),
        ("tcp:[::1]:7001", .tcp(host: "::1", port: 7001)),
        ("tcp:127.9.8.7:65535", .tcp(host: "127.9.8.7", port: 65535)),
    ])
    func addressesAreReadAsWritten(text: String, address: LinkAddress) throws {
        #expect(try LinkAddress(parsing: text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "tcp:", "tcp::", "tcp:127.0.0.1", "tcp:127.0.0.1:65536", "tcp::7001", "unix:", "unix:a.sock", "udp:1:1",
        "tcp:10.0.0.1:7001", "tcp:0.0.0.0:7001", "tcp:127.0.0.1.example.com:7001", "tcp:example.com:7001",
        "unix:/" + String(repeating: "x", count: 107),
    ])
    func otherAddressesAreRefused(text: String) {
        #expect(throws: LinkAddressError.self) { try LinkAddress(parsing: text) }
    }

    @Test func remoteHostsAreTakenOnRequest() throws {
        #expect(try LinkAddress(parsing: "tcp:10.0.0.1:7001", allowsRemote: true) == .tcp(host: "10.0.0.1", port: 7001))
    }

    @Test func aUsedPortIsAnErrorAtTheStart() throws {
        let first = Link(configuration(.listens(.tcp(host: "127.0.0.1", port: 0)), own: 2, remote: 1))
        try first.start(receiver: Witness())
        let second = Link(configuration(.listens(first.listeningAddress!), own: 2, remote: 1))
        let failure = #expect(throws: SystemFailure.self) { try second.start(receiver: Witness()) }
        #expect(failure?.code == EADDRINUSE)
        first.stop()
        // Free again at once.
        try second.start(receiver: Witness())
        second.stop()
    }

    @Test func aLiveUnixSocketIsInUseAndAStaleOneIsReplaced() throws {
        let folder = TemporaryFolder()
        let address = folder.address(.unix)
        let path = folder.path + "/link.sock"
        let first = Link(configuration(.listens(address), own: 2, remote: 1))
        try first.start(receiver: Witness())
        let second = Link(configuration(.listens(address), own: 2, remote: 1))
        let failure = #expect(throws: SystemFailure.self) { try second.start(receiver: Witness()) }
        #expect(failure?.code == EADDRINUSE)
        var status = stat()
        #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        first.stop()
        #expect(unsafe stat(path, &status) != 0, "the socket goes with the link")

        // As a killed process leaves it: a file that nobody listens on.
        let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let bound = unsafe withUnsafeBytes(of: name) { raw in
            unsafe bind(dead, raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
        #expect(bound == 0)
        close(dead)
        try second.start(receiver: Witness())
        second.stop()
    }

    @Test func whatIsNoSocketIsLeftAlone() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/link.sock"
        let file = unsafe creat(path, 0o600)
        close(file)
        let link = Link(configuration(.listens(.unix(path: path)), own: 2, remote: 1))
        let failure = #expect(throws: SystemFailure.self) { try link.start(receiver: Witness()) }
        #expect(failure?.code == EADDRINUSE)
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
    }

    @Test func aPathThatDoesNotFitIsNamedWithTheRemedy() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/" + String(repeating: "x", count: 100)
        let link = Link(configuration(.listens(.unix(path: path)), own: 2, remote: 1))
        let failure = #expect(throws: SystemFailure.self) { try link.start(receiver: Witness()) }
        #expect(failure?.code == ENAMETOOLONG)
        #expect(failure?.description.contains(path) == true && failure?.description.contains("shorter path") == true)
    }

    @Test(arguments: Medium.allCases) func aLinkThatNeverConnectedStops(medium: Medium) throws {
        let folder = TemporaryFolder()
        let listening = Link(configuration(.listens(folder.address(medium)), own: 2, remote: 1))
        try listening.start(receiver: Witness())
        let address = listening.listeningAddress!
        listening.stop()
        let connecting = Link(configuration(.connects(address), own: 1, remote: 2))
        let witness = Witness()
        try connecting.start(receiver: witness)
        sleepNanoseconds(200_000_000)
        connecting.stop()
        #expect(witness.notes.withLock { $0.ups } == 0)
    }

    /// The connecting side tries for ever: the far array may come later, or come back.
    @Test(arguments: Medium.allCases) func theFarSideMayComeLaterAndComeBack(medium: Medium) throws {
        let folder = TemporaryFolder()
        let seenByB = Witness()
        var b = Link(configuration(.listens(folder.address(medium)), own: 2, remote: 1))
        try b.start(receiver: seenByB)
        let address = b.listeningAddress!
        b.stop()
        let seenByA = Witness()
        let a = Link(configuration(.connects(address), own: 1, remote: 2))
        try a.start(receiver: seenByA)
        for round in 1...3 {
            b = Link(configuration(.listens(address), own: 2, remote: 1))
            try b.start(receiver: seenByB)
            #expect(seenByA.sees { $0.ups == round } && seenByB.sees { $0.ups == round })
            b.stop()
            #expect(seenByA.sees { $0.losses.count == round } && seenByB.sees { $0.losses.count == round })
        }
        a.stop()
        #expect(a.statistics.connections == 3)
    }
}
