// Does a running array let in whom it knows, keep the names of its volumes when it is killed, and forget its sessions?

import Bench
import CommandDevice
import ReplicationCore
import TestSupport
import Testing

@Suite("users and resources", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct AdministrationTests {
    private static let client = AdministrationClient(host: "h", account: 0)
    private static let other = AdministrationClient(host: "i", account: 0)

    private func ask(_ array: TestArray, _ order: AdministrationOrder) throws -> AdministrationAnswer {
        guard case .administration(let answer) = try array.ask(.administer(order)) else {
            throw TestProblem("array \(array.name) answers something else")
        }
        return answer
    }

    private func logIn(_ array: TestArray, _ client: AdministrationClient = client) throws {
        let answer = try ask(array, .logIn(client, user: "maintenance", password: "raid-maintenance"))
        #expect(answer == .session(AdministrationSession(user: "maintenance", client: client)))
    }

    @Test("two clients fight for a lock; a restart ends both sessions")
    func locks() throws {
        let top = try ArrayBenchtop()
        #expect(try ask(top.east, .session(Self.client)) == .refused(.notLoggedIn))
        #expect(
            try ask(top.east, .logIn(Self.client, user: "maintenance", password: "x")) == .refused(.notAuthenticated))
        try logIn(top.east)
        try logIn(top.east, Self.other)
        #expect(try ask(top.east, .lock(resource: "meta_resource", Self.client)) == .done)
        #expect(try ask(top.east, .lock(resource: "meta_resource", Self.other)) == .refused(.locked))
        #expect(try ask(top.west, .resources) == .resources([ResourceSnapshot(name: "meta_resource", number: 0)]))
        top.east.kill()
        try top.east.start()
        #expect(try ask(top.east, .session(Self.client)) == .refused(.notLoggedIn))
        try logIn(top.east, Self.other)
        #expect(try ask(top.east, .lock(resource: "meta_resource", Self.other)) == .done)
    }

    @Test("a volume's name outlives kill -9; what could not be done is in the command status")
    func names() throws {
        let top = try ArrayBenchtop()
        let ldev = top.east.ldev(0)
        try logIn(top.east)
        #expect(try ask(top.east, .label(ldev, "data 1", Self.client)) == .done)
        #expect(try ask(top.east, .label(LDEVNumber(0x7777), "none", Self.client)) == .done)
        #expect(try ask(top.east, .label(ldev, String(repeating: "x", count: 33), Self.client)) == .done)
        #expect(
            try ask(top.east, .commandStatus(Self.client))
                == .commandStatus(CommandStatus(handle: 1, lastFailure: .labelTooLong, failureCount: 2)))
        top.east.kill()
        try top.east.start()
        let named = AdministrationAnswer.labels([VolumeLabel(ldev: ldev, text: "data 1")])
        #expect(try ask(top.east, .labels([ldev, LDEVNumber(0x7777)])) == named)
        #expect(try ask(top.east, .label(ldev, "", Self.client)) == .refused(.notLoggedIn))
        try logIn(top.east)
        #expect(try ask(top.east, .label(ldev, "", Self.client)) == .done)
        #expect(try ask(top.east, .labels([ldev])) == .labels([]))
    }
}
