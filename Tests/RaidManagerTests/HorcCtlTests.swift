// Does horcctl show and change what the instance itself uses: command device, partner, protection mode?

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct HorcCtlTests {
    private func session(partners: [String] = ["HST2"], devices: [String] = ["/dev/cmd30053"]) -> FakeSession {
        let array = FakeArray(30053, [Situation.named("pair").volume(.primary, 0, .never)])
        array.units.withLock { units in
            units = CommandDeviceUnits()
            units.add(
                array.identity.serial, devices.map { [$0] }, answered: .init(device: 0, name: devices[0]))
        }
        return FakeSession(array, FakeArray(30054, []), ["oradev1"], partners: partners)
    }

    @Test func theAlternateCommandDeviceIsUsedAndThenTheFirstAgain() {
        let session = session(devices: ["/dev/sdc", "/dev/sdd"])
        #expect(run("horcctl -D", in: session).output == ["Current control device = /dev/sdc"])
        #expect(run("horcctl -C", in: session).output == ["Changed control device(/dev/sdc -> /dev/sdd)"])
        #expect(run("horcctl -D -u 0", in: session).output == ["Current control device = /dev/sdd"])
        #expect(run("horcctl -C -u 0", in: session).output == ["Changed control device(/dev/sdd -> /dev/sdc)"])
        #expect(run("horcctl -C -u 1", in: session).status == 246)
        #expect(run("horcctl -C", in: self.session()).status == 246)
    }

    @Test func theNextPartnerIsAskedFirst() {
        let session = session(partners: ["HST2", "HST3", "HST4"])
        #expect(run("horcctl -ND -g oradb", in: session).output == ["Current network address = HST2,services = horcm"])
        #expect(
            run("horcctl -NC -g oradb", in: session).output == [
                "Changed network address(HST2,horcm -> HST3,horcm)"
            ])
        #expect(run("horcctl -ND -g oradb", in: session).output == ["Current network address = HST3,services = horcm"])
        _ = run("horcctl -NC -g oradb", in: session)
        #expect(
            run("horcctl -NC -g oradb", in: session).output == [
                "Changed network address(HST4,horcm -> HST2,horcm)"
            ])
        #expect(run("horcctl -NC -g oradb", in: self.session()).status == 246)
        #expect(run("horcctl -NC -g nogroup", in: session).status == 247)
        #expect(run("horcctl -NC", in: session).status == 254)
    }

    @Test func partnersAreAskedInTheChosenOrder() {
        var state = InstanceState()
        let lines = ["a", "b", "c"].map { HorcmConfiguration.PartnerLine(group: "g", address: $0, service: "s") }
        let orders = (0..<4).map { _ in
            defer { state.changePartner(of: "g", among: 3) }
            return state.inOrder(lines, of: "g").map(\.address).joined()
        }
        #expect(orders == ["abc", "bca", "cab", "abc"])
        #expect(state.inOrder(lines, of: "other").map(\.address) == ["a", "b", "c"])
    }

    @Test func instancesOfTheHostAreCounted() {
        let session = session()
        var other = InstanceInformation(
            instance: 1, host: "h", address: "a", service: "s", arrays: [session.local.identity],
            commandDevices: ["/dev/other"], groups: [])
        session.neighbours = [other]
        #expect(
            run("horcctl -DI", in: session).output == [
                "Current control device = /dev/cmd30053", "AI = 2 TI = 0 CI = 1",
            ])
        other.commandDevices = ["/dev/cmd30053"]
        var foreign = other
        foreign.arrays = [session.remote.identity]
        session.neighbours = [other, foreign]
        #expect(run("horcctl -DI", in: session).output.last == "AI = 2 TI = 0 CI = 2")
    }

    @Test func protectionModeShowsAtTheCommandDevice() {
        let session = session()
        session.memory.change { $0.permissions.protect() }
        #expect(run("horcctl -D", in: session).output == ["Current control device = /dev/cmd30053*"])
    }

    @Test func aPartnerOrdersNothingOfTheInstance() {
        let service = FakeSession.service(session().local, ["oradev1"], FakePartner { _ in nil })
        for order in [InstanceControl.switchCommandDevice(unit: 0), .changePartner(group: "oradb"), .permit([])] {
            #expect(service.answer(.control(order), for: .partner) == .failed(HorcmFailure(.unknownFunction)))
        }
    }
}

@Suite struct CommandDeviceUnitTests {
    private let east = ArraySerial(30053)
    private let west = ArraySerial(30054)

    private var units: CommandDeviceUnits {
        var units = CommandDeviceUnits()
        units.add(east, [["/dev/sdc", "/b/cmd"], ["/dev/sdd"]], answered: .init(device: 0, name: "/b/cmd"))
        units.add(west, [["/dev/sde"]], answered: .init(device: 0, name: "/dev/sde"))
        units.add(east, [["/dev/sdf"]], answered: .init(device: 0, name: "/dev/sdf"))
        return units
    }

    @Test func theDeviceInUseIsTriedFirstUnderTheNameThatAnswered() {
        #expect(units.inUse == ["/b/cmd", "/dev/sde"] && units.serials == [east, west])
        #expect(units.attempts(on: east).map(\.name) == ["/b/cmd", "/dev/sdc", "/dev/sdd", "/dev/sdf"])
        #expect(units.attempts(on: ArraySerial(7)).isEmpty)
    }

    @Test func alternatesFollowRoundTheRing() throws {
        var units = units
        #expect(try units.alternates(of: 0).map(\.name) == ["/dev/sdd", "/dev/sdf"])
        let next = try units.alternates(of: 0)[0]
        #expect(units.use(next, of: east) == Replacement("/b/cmd", "/dev/sdd"))
        #expect(try units.alternates(of: 0).map(\.name) == ["/dev/sdf", "/dev/sdc", "/b/cmd"])
        #expect(units.use(next, of: east) == nil && units.inUse[0] == "/dev/sdd")
        #expect(throws: HorcmFailure.self) { try units.alternates(of: 1) }
        #expect(throws: HorcmFailure.self) { try units.alternates(of: 2) }
    }

    @Test func chosenUnitsHaveTheChosenOrder() {
        var units = units
        units.keep([west, east])
        #expect(units.serials == [west, east] && units.inUse == ["/dev/sde", "/b/cmd"])
        units.keep([west])
        #expect(units.serials == [west] && units.attempts(on: east).isEmpty)
    }

    /// Inside and outside of its view a host has two names for one device: that is no other device.
    @Test func anotherNameOfTheSameDeviceIsNoReplacement() {
        var units = units
        #expect(units.use(.init(device: 0, name: "/dev/sdc"), of: east) == nil && units.inUse[0] == "/dev/sdc")
    }
}
