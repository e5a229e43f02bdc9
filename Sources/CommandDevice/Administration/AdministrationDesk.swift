// Who is known to an array, and who holds which group of resources: the rules, as a value. The array keeps one behind a
// lock; what outlives it is noted by the array.
//
// - A session belongs to a user and a client. A second login of the same two is answered with the session that is there,
//   whatever the password; another user on the same client has a session of his own, and is whom the client is taken for.
// - The end of a session gives back what it held.
// - Sessions and locks are of this life of the array: a restart ends them all. An array that lost its sessions must not
//   keep what nobody could give back.
//
// - Source: Hitachi's CCI user guides, "User authentication" and "Resource lock function": the first two; the VSP One Block
//   administrator guide, "User sessions", has the third for the CCI in the array itself. Which session a client is in
//   after a logout is ours.

package import ReplicationCore

package struct AdministrationDesk: Sendable {
    /// The group that every array has. RAID Manager's clients know it by this name.
    package static let firstResource = "meta_resource"
    /// - Source: known of the published manuals, `raidcom modify ldev -ldev_name`.
    package static let longestLabel = 32

    /// A session's further requests push its oldest out.
    package static let mostRequests = 256

    private struct OpenSession: Sendable {
        var session: AdministrationSession
        var status: CommandStatus
        /// By rising number.
        var requests: [RequestStatus] = []
    }

    private let plan: AdministrationPlan
    /// In the order of the logins: a client is in the last of its sessions.
    private var sessions: [OpenSession] = []
    private var lastHandle: UInt16 = 0
    private var lastRequest: UInt32 = 0
    private var owners: [AdministrationSession?]

    package init(_ plan: AdministrationPlan) {
        self.plan = plan
        owners = Array(repeating: nil, count: 1 + plan.resources.count)
    }

    // MARK: Sessions

    package mutating func logIn(
        _ client: AdministrationClient, user: String, password: String
    ) -> AdministrationAnswer {
        let session = AdministrationSession(user: user, client: client)
        if let index = sessions.firstIndex(where: { $0.session == session }) {
            sessions.append(sessions.remove(at: index))
            return .session(session)
        }
        guard plan.users.contains(AdministrationUser(name: user, password: password)) else {
            return .refused(.notAuthenticated)
        }
        lastHandle = lastHandle == .max ? 1 : lastHandle + 1
        sessions.append(OpenSession(session: session, status: CommandStatus(handle: lastHandle)))
        return .session(session)
    }

    /// Of a client that is in no session there is nothing to end.
    package mutating func logOut(_ client: AdministrationClient) -> AdministrationAnswer {
        guard let index = index(of: client) else { return .done }
        let ended = sessions.remove(at: index).session
        for place in owners.indices where owners[place] == ended { owners[place] = nil }
        return .done
    }

    package func session(of client: AdministrationClient) -> AdministrationAnswer {
        index(of: client).map { .session(sessions[$0].session) } ?? .refused(.notLoggedIn)
    }

    private func index(of client: AdministrationClient) -> Int? {
        sessions.lastIndex { $0.session.client == client }
    }

    // MARK: Resources

    package var resources: [ResourceSnapshot] {
        owners.enumerated().map { number, owner in
            let resource = number == 0 ? nil : plan.resources[number - 1]
            return ResourceSnapshot(
                name: resource?.name ?? Self.firstResource, number: UInt16(number), ldevs: resource?.ldevs ?? [],
                owner: owner)
        }
    }

    /// All that are named, or none. What the session holds already it goes on holding.
    package mutating func lock(_ name: String?, _ client: AdministrationClient) -> AdministrationAnswer {
        guard let index = index(of: client) else { return .refused(.notLoggedIn) }
        let session = sessions[index].session
        guard let places = places(name) else { return .refused(.noSuchResource) }
        guard places.allSatisfy({ owners[$0] == nil || owners[$0] == session }) else { return .refused(.locked) }
        for place in places { owners[place] = session }
        return .done
    }

    /// What nobody holds is free already. Somebody else's is refused if it was named.
    package mutating func unlock(_ name: String?, _ client: AdministrationClient) -> AdministrationAnswer {
        guard let index = index(of: client) else { return .refused(.notLoggedIn) }
        let session = sessions[index].session
        guard let places = places(name) else { return .refused(.noSuchResource) }
        if name != nil, places.contains(where: { owners[$0] != nil && owners[$0] != session }) {
            return .refused(.locked)
        }
        for place in places where owners[place] == session { owners[place] = nil }
        return .done
    }

    private func places(_ name: String?) -> [Int]? {
        guard let name else { return Array(owners.indices) }
        if name == Self.firstResource { return [0] }
        return plan.resources.firstIndex { $0.name == name }.map { [$0 + 1] }
    }

    // MARK: Orders that are not waited for

    /// Whether a client may change volumes: he is known, and nobody else holds a group that one of them belongs to.
    package func refusal(of client: AdministrationClient, changing ldevs: [LDEVNumber]) -> AdministrationRefusal? {
        guard let index = index(of: client) else { return .notLoggedIn }
        let isFree = ldevs.allSatisfy { ldev in
            let place = (plan.resources.firstIndex { $0.ldevs.contains(ldev) } ?? -1) + 1
            return owners[place] == nil || owners[place] == sessions[index].session
        }
        return isFree ? nil : .locked
    }

    /// Notes that an order of the client's session failed after it was taken.
    package mutating func note(_ failure: AdministrationRefusal, of client: AdministrationClient) {
        guard let index = index(of: client) else { return }
        sessions[index].status.firstFailure = sessions[index].status.firstFailure ?? failure
        sessions[index].status.failureCount += 1
    }

    package func status(of client: AdministrationClient) -> AdministrationAnswer {
        index(of: client).map { .commandStatus(sessions[$0].status) } ?? .refused(.notLoggedIn)
    }

    package mutating func resetStatus(of client: AdministrationClient) -> AdministrationAnswer {
        guard let index = index(of: client) else { return .refused(.notLoggedIn) }
        sessions[index].status = CommandStatus(handle: sessions[index].status.handle)
        return .done
    }

    // MARK: Requests

    /// Notes what became of an order that was given as a request. What goes wrong with one is told of it alone.
    package mutating func noteRequest(
        about ldev: LDEVNumber, _ failure: AdministrationRefusal?, of client: AdministrationClient
    ) -> AdministrationAnswer {
        guard let index = index(of: client) else { return .refused(.notLoggedIn) }
        lastRequest = lastRequest == .max ? 1 : lastRequest + 1
        let status = RequestStatus(number: lastRequest, ldev: ldev, failure: failure)
        if sessions[index].requests.count == Self.mostRequests { sessions[index].requests.removeFirst() }
        sessions[index].requests.append(status)
        return .request(status)
    }

    package func request(_ number: UInt32, of client: AdministrationClient) -> AdministrationAnswer {
        guard let index = index(of: client) else { return .refused(.notLoggedIn) }
        let status = sessions[index].requests.first { $0.number == number }
        return status.map { .request($0) } ?? .refused(.noSuchRequest)
    }

    /// - Parameter number: nil for all.
    package mutating func resetRequests(_ number: UInt32?, of client: AdministrationClient) -> AdministrationAnswer {
        guard let index = index(of: client) else { return .refused(.notLoggedIn) }
        guard number == nil || sessions[index].requests.contains(where: { $0.number == number }) else {
            return .refused(.noSuchRequest)
        }
        sessions[index].requests.removeAll { number == nil || $0.number == number }
        return .done
    }
}
