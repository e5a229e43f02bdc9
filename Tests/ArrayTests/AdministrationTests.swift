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
                == .commandStatus(CommandStatus(handle: 1, firstFailure: .noSuchVolume, failureCount: 2)))
        top.east.kill()
        try top.east.start()
        let named = AdministrationAnswer.labels([VolumeLabel(ldev: ldev, text: "data 1")])
        #expect(try ask(top.east, .labels([ldev, LDEVNumber(0x7777)])) == named)
        #expect(try ask(top.east, .label(ldev, "", Self.client)) == .refused(.notLoggedIn))
        try logIn(top.east)
        #expect(try ask(top.east, .label(ldev, "", Self.client)) == .done)
        #expect(try ask(top.east, .labels([ldev])) == .labels([]))
    }

    @Test("a request with a number is told of alone, until it is forgotten")
    func requests() throws {
        let top = try ArrayBenchtop()
        let ldev = top.east.ldev(0)
        try logIn(top.east)
        let good = RequestStatus(number: 1, ldev: ldev)
        let bad = RequestStatus(number: 2, ldev: LDEVNumber(0x7777), failure: .noSuchVolume)
        #expect(try ask(top.east, .labelAsRequest(ldev, "data 1", Self.client)) == .request(good))
        #expect(try ask(top.east, .labelAsRequest(LDEVNumber(0x7777), "x", Self.client)) == .request(bad))
        #expect(try ask(top.east, .labels([ldev])) == .labels([VolumeLabel(ldev: ldev, text: "data 1")]))
        #expect(try ask(top.east, .request(2, Self.client)) == .request(bad))
        #expect(try ask(top.east, .commandStatus(Self.client)) == .commandStatus(CommandStatus(handle: 1)))
        #expect(try ask(top.east, .resetRequests(request: 2, Self.client)) == .done)
        #expect(try ask(top.east, .request(2, Self.client)) == .refused(.noSuchRequest))
        #expect(try ask(top.east, .request(1, Self.client)) == .request(good))
    }

    @Test("groups of volumes outlive kill -9, and whose volumes are locked are not changed")
    func groups() throws {
        let top = try ArrayBenchtop()
        let member = DeviceGroup.Member(name: "dev1", ldev: top.east.ldev(0))
        let add = GroupChange.add(member, to: "more")
        #expect(try ask(top.east, .changeGroups(add, Self.client)) == .refused(.notLoggedIn))
        try logIn(top.east)
        try logIn(top.east, Self.other)
        let missing = GroupChange.add(.init(name: "x", ldev: LDEVNumber(0x7777)), to: "more")
        #expect(try ask(top.east, .changeGroups(missing, Self.client)) == .refused(.noSuchVolume))
        #expect(try ask(top.east, .changeGroups(add, Self.client)) == .done)
        #expect(try ask(top.east, .changeGroups(add, Self.client)) == .refused(.alreadyInGroup))
        let copies = GroupChange.addCopyGroup("copies", deviceGroups: ["more"], mirror: 1, journal: nil)
        #expect(try ask(top.east, .lock(resource: nil, Self.other)) == .done)
        #expect(try ask(top.east, .changeGroups(copies, Self.client)) == .refused(.locked))
        #expect(try ask(top.east, .changeGroups(copies, Self.other)) == .done)
        let wanted = AdministrationAnswer.deviceGroups([DeviceGroup(name: "more", members: [member])])
        #expect(try ask(top.east, .deviceGroups) == wanted)
        top.east.kill()
        try top.east.start()
        #expect(try ask(top.east, .deviceGroups) == wanted)
        #expect(
            try ask(top.east, .copyGroups)
                == .copyGroups([CopyGroup(name: "copies", deviceGroup: "more", mirror: 1)]))
        try logIn(top.east)
        let gone = GroupChange.remove(ldevs: [member.ldev], name: nil, from: "more")
        #expect(try ask(top.east, .changeGroups(gone, Self.client)) == .done)
        top.east.kill()
        try top.east.start()
        #expect(try ask(top.east, .deviceGroups) == .deviceGroups([]))
        #expect(try ask(top.west, .deviceGroups) == .deviceGroups([]))
    }
}
