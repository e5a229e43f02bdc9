// The array that a call of raidcom is about, seen through the instance of its host.

package import CommandDevice
package import ReplicationCore

package struct RaidcomArray {
    package let session: any HorcmSession
    package let serial: ArraySerial
    /// `-fx`
    package let isHexadecimal: Bool

    package var client: AdministrationClient { session.machine.client }

    package func show(_ lines: [String]) { for line in lines { session.show(line) } }

    // MARK: Asking

    /// - Throws: EX_ENAUTH, EX_CMDRJE, EX_ENOOBJ: what the array refuses.
    package func administer(_ order: AdministrationOrder) throws(HorcmFailure) -> AdministrationAnswer {
        let answer = try attempt(order)
        if case .refused(let refusal) = answer { throw HorcmFailure(refusal, from: serial) }
        return answer
    }

    /// The same, but a refusal is a value.
    package func attempt(_ order: AdministrationOrder) throws(HorcmFailure) -> AdministrationAnswer {
        switch try session.array(.administer(order), serial) {
        case .administration(let answer): return answer
        case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
        case .identity, .volumes, .done, .inventory, .journal, .guards: throw HorcmFailure(.invalidReturnCode)
        }
    }

    package func volumes(_ selection: VolumeSelection) throws(HorcmFailure) -> [VolumeSnapshot] {
        try VolumePages.all(selection, of: serial) { (request) throws(HorcmFailure) in
            try session.array(request, serial)
        }
    }

    package func resources() throws(HorcmFailure) -> [ResourceSnapshot] {
        guard case .resources(let resources) = try administer(.resources) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        return resources
    }

    /// Does an order again until the array takes it, once a second.
    /// - Parameter seconds: how long somebody else's lock is waited for.
    package func administer(
        _ order: AdministrationOrder, waitingForLock seconds: UInt32
    ) throws(HorcmFailure) {
        let end = session.now + .seconds(UInt64(seconds))
        while true {
            guard case .refused(let refusal) = try attempt(order) else { return }
            guard refusal == .locked, session.now < end else { throw HorcmFailure(refusal, from: serial) }
            session.sleep(.seconds(1))
        }
    }

    // MARK: Logging in

    package func logIn(user: String, password: String) throws(HorcmFailure) {
        if case .refused(let refusal) = try attempt(.logIn(client, user: user, password: password)) {
            throw HorcmFailure(refusal, from: serial, user: user)
        }
    }

    /// Asks for a user and a password: two lines of standard input.
    /// - Throws: EX_ENAUTH, also if there are no lines.
    package func askWho() throws(HorcmFailure) {
        guard let user = session.machine.inputLine("User for Serial#[\(serial)] : ", isSecret: false),
            let password = session.machine.inputLine("Password : ", isSecret: true)
        else { throw HorcmFailure(.notLoggedIn, from: serial) }
        try logIn(user: user, password: password)
    }

    /// Asks who it is unless the array knows.
    package func requireSession() throws(HorcmFailure) {
        if case .session = try attempt(.session(client)) { return }
        try askWho()
    }
}
