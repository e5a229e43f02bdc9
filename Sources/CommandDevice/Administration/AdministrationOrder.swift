// What an administrator asks of an array beside its pairs: to be known, to have a group of resources for himself, to give
// a volume a name, and what went wrong with what he ordered.
//
// - Source: RAID Manager reference, section 2.16.

package import ReplicationCore

/// Who calls: an account of a host. Whatever a person starts there, in however many processes, is one client.
/// - Source: Hitachi's CCI guides, "User authentication": an array keeps one session for a user and a client.
package struct AdministrationClient: Hashable, Sendable {
    package var host: String
    /// The number of the host's account (uid).
    package var account: UInt32

    package init(host: String, account: UInt32) {
        self.host = host
        self.account = account
    }
}

/// A user of the array, on a client where he has logged in.
package struct AdministrationSession: Hashable, Sendable {
    package var user: String
    package var client: AdministrationClient

    package init(user: String, client: AdministrationClient) {
        self.user = user
        self.client = client
    }
}

package enum AdministrationOrder: Hashable, Sendable {
    case logIn(AdministrationClient, user: String, password: String)
    /// Ends the session that the client is in.
    case logOut(AdministrationClient)
    /// As whom the client is known.
    case session(AdministrationClient)
    /// - Parameter resource: nil for all groups of resources.
    case lock(resource: String?, AdministrationClient)
    /// - Parameter resource: nil for all that the client's session holds.
    case unlock(resource: String?, AdministrationClient)
    case resources
    /// What became of the orders that the client's session does not wait for.
    case commandStatus(AdministrationClient)
    case resetCommandStatus(AdministrationClient)
    /// Names a volume; no text takes the name away. Not waited for: what goes wrong is in the command status.
    case label(LDEVNumber, String, AdministrationClient)
    /// The same as a request with a number, which tells of it alone.
    case labelAsRequest(LDEVNumber, String, AdministrationClient)
    /// What became of a request of the client's session.
    case request(UInt32, AdministrationClient)
    /// - Parameter request: nil for all of the client's session.
    case resetRequests(request: UInt32?, AdministrationClient)
    case labels([LDEVNumber])
    case deviceGroups
    case copyGroups
    case changeGroups(GroupChange, AdministrationClient)
}

extension AdministrationClient {
    func write(to w: inout WireWriter) {
        w.write(host)
        w.write(account)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(host: try r.readText(), account: try r.read())
    }
}

extension AdministrationSession {
    func write(to w: inout WireWriter) {
        w.write(user)
        client.write(to: &w)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(user: try r.readText(), client: try AdministrationClient(from: &r))
    }
}

extension AdministrationOrder {
    func write(to w: inout WireWriter) {
        switch self {
        case .logIn(let client, let user, let password):
            w.write(UInt8(1))
            client.write(to: &w)
            w.write(user)
            w.write(password)
        case .logOut(let client):
            w.write(UInt8(2))
            client.write(to: &w)
        case .lock(let resource, let client):
            w.write(UInt8(3))
            w.write(optional: resource) { $0.write($1) }
            client.write(to: &w)
        case .unlock(let resource, let client):
            w.write(UInt8(4))
            w.write(optional: resource) { $0.write($1) }
            client.write(to: &w)
        case .resources: w.write(UInt8(5))
        case .session(let client):
            w.write(UInt8(6))
            client.write(to: &w)
        case .commandStatus(let client):
            w.write(UInt8(7))
            client.write(to: &w)
        case .resetCommandStatus(let client):
            w.write(UInt8(8))
            client.write(to: &w)
        case .label(let ldev, let text, let client):
            w.write(UInt8(9))
            w.write(ldev.value)
            w.write(text)
            client.write(to: &w)
        case .labels(let ldevs):
            w.write(UInt8(10))
            w.write(ldevs)
        case .deviceGroups: w.write(UInt8(11))
        case .copyGroups: w.write(UInt8(12))
        case .labelAsRequest(let ldev, let text, let client):
            w.write(UInt8(13))
            w.write(ldev.value)
            w.write(text)
            client.write(to: &w)
        case .request(let number, let client):
            w.write(UInt8(14))
            w.write(number)
            client.write(to: &w)
        case .resetRequests(let number, let client):
            w.write(UInt8(15))
            w.write(optional: number) { $0.write($1) }
            client.write(to: &w)
        case .changeGroups(let change, let client):
            w.write(UInt8(16))
            change.write(to: &w)
            client.write(to: &w)
        }
    }

    init(from r: inout WireReader) throws(WireError) {
        func resource(_ r: inout WireReader) throws(WireError) -> String? {
            try r.readOptional { (r) throws(WireError) in try r.readText() }
        }
        switch try r.read(UInt8.self) {
        case 1:
            self = .logIn(try AdministrationClient(from: &r), user: try r.readText(), password: try r.readText())
        case 2: self = .logOut(try AdministrationClient(from: &r))
        case 3: self = .lock(resource: try resource(&r), try AdministrationClient(from: &r))
        case 4: self = .unlock(resource: try resource(&r), try AdministrationClient(from: &r))
        case 5: self = .resources
        case 6: self = .session(try AdministrationClient(from: &r))
        case 7: self = .commandStatus(try AdministrationClient(from: &r))
        case 8: self = .resetCommandStatus(try AdministrationClient(from: &r))
        case 9:
            self = .label(LDEVNumber(try r.read()), try r.readText(), try AdministrationClient(from: &r))
        case 10: self = .labels(try r.readLDEVs())
        case 11: self = .deviceGroups
        case 12: self = .copyGroups
        case 13:
            self = .labelAsRequest(LDEVNumber(try r.read()), try r.readText(), try AdministrationClient(from: &r))
        case 14: self = .request(try r.read(), try AdministrationClient(from: &r))
        case 15:
            self = .resetRequests(
                request: try r.readOptional { (r) throws(WireError) in try r.read(UInt32.self) },
                try AdministrationClient(from: &r))
        case 16: self = .changeGroups(try GroupChange(from: &r), try AdministrationClient(from: &r))
        case _: throw .unknownValue(field: "administration order")
        }
    }
}
