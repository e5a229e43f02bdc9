// Does the desk know whom it let in, give a group of resources to one session at a time, and take it back at the end?

import CommandDevice
import ReplicationCore
import Testing

@Suite struct AdministrationDeskTests {
    private static let east = AdministrationClient(host: "east", account: 0)
    private static let oracle = AdministrationClient(host: "east", account: 54_321)
    private static let west = AdministrationClient(host: "west", account: 0)

    private let plan = AdministrationPlan(
        users: [.standard, AdministrationUser(name: "ops", password: "secret1")],
        resources: [.init(name: "prod", ldevs: [LDEVNumber(16), LDEVNumber(17)]), .init(name: "test", ldevs: [])])

    /// A desk at which these have logged in, one after the other.
    private func desk(_ sessions: [(AdministrationClient, String)]) -> AdministrationDesk {
        var desk = AdministrationDesk(plan)
        for (client, user) in sessions {
            let password = plan.users.first { $0.name == user }?.password ?? ""
            #expect(
                desk.logIn(client, user: user, password: password)
                    == .session(AdministrationSession(user: user, client: client)))
        }
        return desk
    }

    private func owners(_ desk: AdministrationDesk) -> [String?] {
        desk.resources.map { $0.owner.map { "\($0.user)@\($0.client.host)/\($0.client.account)" } }
    }

    @Test(arguments: [("maintenance", "raid-maintenanc"), ("maintenance", ""), ("ops", "raid-maintenance"), ("", "")])
    func whoIsNotKnownIsNotLetIn(_ user: String, _ password: String) {
        var desk = AdministrationDesk(plan)
        #expect(desk.logIn(Self.east, user: user, password: password) == .refused(.notAuthenticated))
        #expect(desk.session(of: Self.east) == .refused(.notLoggedIn))
    }

    @Test func withoutASessionNothingIsDone() {
        var desk = desk([(Self.west, "ops")])
        #expect(desk.lock("prod", Self.east) == .refused(.notLoggedIn))
        #expect(desk.unlock("prod", Self.east) == .refused(.notLoggedIn))
        #expect(desk.status(of: Self.east) == .refused(.notLoggedIn))
        #expect(desk.resetStatus(of: Self.east) == .refused(.notLoggedIn))
        #expect(desk.refusal(of: Self.east, changing: [LDEVNumber(1)]) == .notLoggedIn)
        #expect(desk.logOut(Self.east) == .done)
        #expect(owners(desk) == [nil, nil, nil])
    }

    @Test func thereIsOneSessionForAUserAndAClient() {
        var desk = desk([(Self.east, "ops")])
        #expect(desk.lock("prod", Self.east) == .done)
        // The session that is there is the answer, without a look at the password.
        #expect(
            desk.logIn(Self.east, user: "ops", password: "wrong")
                == .session(AdministrationSession(user: "ops", client: Self.east)))
        #expect(owners(desk) == [nil, "ops@east/0", nil])
        #expect(desk.logOut(Self.east) == .done)
        #expect(desk.session(of: Self.east) == .refused(.notLoggedIn))
    }

    @Test func aClientIsInItsLastSession() {
        var desk = desk([(Self.east, "ops"), (Self.oracle, "ops"), (Self.east, "maintenance")])
        #expect(
            desk.session(of: Self.east) == .session(AdministrationSession(user: "maintenance", client: Self.east)))
        #expect(
            desk.session(of: Self.oracle) == .session(AdministrationSession(user: "ops", client: Self.oracle)))
        #expect(desk.logIn(Self.east, user: "ops", password: "secret1") != .refused(.notAuthenticated))
        #expect(desk.session(of: Self.east) == .session(AdministrationSession(user: "ops", client: Self.east)))
        #expect(desk.logOut(Self.east) == .done)
        #expect(
            desk.session(of: Self.east) == .session(AdministrationSession(user: "maintenance", client: Self.east)))
    }

    @Test func aLockKeepsEverySessionOutButItsOwn() {
        var desk = desk([(Self.east, "ops"), (Self.oracle, "ops"), (Self.west, "ops")])
        #expect(desk.lock("prod", Self.east) == .done)
        #expect(desk.lock("prod", Self.east) == .done)
        for other in [Self.oracle, Self.west] {
            #expect(desk.lock("prod", other) == .refused(.locked))
            #expect(desk.unlock("prod", other) == .refused(.locked))
            #expect(desk.lock("test", other) == .done)
            #expect(desk.unlock("test", other) == .done)
        }
        #expect(desk.unlock("prod", Self.east) == .done)
        #expect(desk.lock("prod", Self.west) == .done)
        #expect(owners(desk) == [nil, "ops@west/0", nil])
    }

    @Test func allOrNone() {
        var desk = desk([(Self.east, "ops"), (Self.west, "maintenance")])
        #expect(desk.lock("test", Self.west) == .done)
        #expect(desk.lock(nil, Self.east) == .refused(.locked))
        #expect(owners(desk) == [nil, nil, "maintenance@west/0"])
        #expect(desk.unlock(nil, Self.west) == .done)
        #expect(desk.lock(nil, Self.east) == .done)
        #expect(owners(desk) == ["ops@east/0", "ops@east/0", "ops@east/0"])
        #expect(desk.unlock(nil, Self.west) == .done)
        #expect(owners(desk) == ["ops@east/0", "ops@east/0", "ops@east/0"])
        #expect(desk.lock("other", Self.east) == .refused(.noSuchResource))
        #expect(desk.unlock("other", Self.east) == .refused(.noSuchResource))
    }

    @Test func theEndOfASessionGivesBackWhatItHeld() {
        var desk = desk([(Self.east, "ops"), (Self.east, "maintenance"), (Self.west, "ops")])
        #expect(desk.lock("prod", Self.east) == .done)
        #expect(desk.lock("test", Self.west) == .done)
        #expect(desk.logOut(Self.east) == .done)
        #expect(owners(desk) == [nil, nil, "ops@west/0"])
    }

    @Test func aVolumeIsChangedOnlyByWhoMayHoldItsGroup() {
        var desk = desk([(Self.east, "ops"), (Self.west, "ops")])
        #expect(desk.lock("prod", Self.east) == .done)
        #expect(desk.refusal(of: Self.west, changing: [LDEVNumber(16)]) == .locked)
        #expect(desk.refusal(of: Self.west, changing: [LDEVNumber(18), LDEVNumber(16)]) == .locked)
        #expect(desk.refusal(of: Self.west, changing: []) == nil)
        #expect(desk.refusal(of: Self.east, changing: [LDEVNumber(16)]) == nil)
        // In no group but the first, which nobody holds.
        #expect(desk.refusal(of: Self.west, changing: [LDEVNumber(18)]) == nil)
        #expect(desk.lock(AdministrationDesk.firstResource, Self.west) == .done)
        #expect(desk.refusal(of: Self.east, changing: [LDEVNumber(18)]) == .locked)
    }

    @Test func theCommandStatusIsOfOneSession() {
        var desk = desk([(Self.east, "ops"), (Self.west, "ops")])
        desk.note(.noSuchVolume, of: Self.east)
        desk.note(.locked, of: Self.east)
        #expect(
            desk.status(of: Self.east)
                == .commandStatus(CommandStatus(handle: 1, firstFailure: .noSuchVolume, failureCount: 2)))
        #expect(desk.status(of: Self.west) == .commandStatus(CommandStatus(handle: 2)))
        #expect(desk.resetStatus(of: Self.east) == .done)
        #expect(desk.status(of: Self.east) == .commandStatus(CommandStatus(handle: 1)))
    }

    @Test func aRequestIsOfOneSessionAndIsToldAlone() {
        var desk = desk([(Self.east, "ops"), (Self.west, "ops")])
        let first = RequestStatus(number: 1, ldev: LDEVNumber(16))
        let second = RequestStatus(number: 2, ldev: LDEVNumber(17), failure: .labelTooLong)
        #expect(desk.noteRequest(about: LDEVNumber(16), nil, of: Self.east) == .request(first))
        #expect(desk.noteRequest(about: LDEVNumber(17), .labelTooLong, of: Self.east) == .request(second))
        #expect(desk.noteRequest(about: LDEVNumber(17), nil, of: Self.oracle) == .refused(.notLoggedIn))
        #expect(desk.request(1, of: Self.east) == .request(first))
        #expect(desk.request(2, of: Self.east) == .request(second))
        #expect(desk.request(2, of: Self.west) == .refused(.noSuchRequest))
        // Its failure is not in the status of the orders without a number.
        #expect(desk.status(of: Self.east) == .commandStatus(CommandStatus(handle: 1)))
        #expect(desk.resetRequests(3, of: Self.east) == .refused(.noSuchRequest))
        #expect(desk.resetRequests(1, of: Self.east) == .done)
        #expect(desk.request(1, of: Self.east) == .refused(.noSuchRequest))
        #expect(desk.resetRequests(nil, of: Self.east) == .done)
        #expect(desk.request(2, of: Self.east) == .refused(.noSuchRequest))
    }

    @Test func theOldestRequestsAreForgotten() {
        var desk = desk([(Self.east, "ops")])
        for _ in 0...AdministrationDesk.mostRequests {
            _ = desk.noteRequest(about: LDEVNumber(1), nil, of: Self.east)
        }
        #expect(desk.request(1, of: Self.east) == .refused(.noSuchRequest))
        #expect(desk.request(2, of: Self.east) != .refused(.noSuchRequest))
    }
}
