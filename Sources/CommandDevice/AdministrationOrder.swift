// What an administrator asks of an array beside its pairs: to be known, and to have a group of resources for himself.
//
// - Source: RAID Manager reference, section 2.16.

internal import ReplicationCore

/// Who asks: one user in one session of one host.
package struct AdministrationSession: Hashable, Sendable {
    package var user: String
    package var host: String
    package var process: UInt32
    package init(user: String, host: String, process: UInt32) {
        self.user = user
        self.host = host
        self.process = process
    }
}

package enum AdministrationOrder: Hashable, Sendable {
    case logIn(AdministrationSession, password: String)
    case logOut(AdministrationSession)
    case lock(resource: String, AdministrationSession)
    case unlock(resource: String, AdministrationSession)
    case resources
}

/// A group of resources and who holds it.
package struct ResourceSnapshot: Hashable, Sendable {
    package var name: String
    package var number: UInt16
    /// nil: not locked.
    package var owner: AdministrationSession?
    package init(name: String, number: UInt16, owner: AdministrationSession? = nil) {
        self.name = name
        self.number = number
        self.owner = owner
    }
}

package enum AdministrationAnswer: Hashable, Sendable {
    case resources([ResourceSnapshot])
}

extension AdministrationSession {
    func write(to w: inout WireWriter) {
        w.write(user)
        w.write(host)
        w.write(process)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(user: try r.readText(), host: try r.readText(), process: try r.read())
    }
}

extension AdministrationOrder {
    func write(to w: inout WireWriter) {
        switch self {
        case .logIn(let session, let password):
            w.write(UInt8(1))
            session.write(to: &w)
            w.write(password)
        case .logOut(let session):
            w.write(UInt8(2))
            session.write(to: &w)
        case .lock(let resource, let session):
            w.write(UInt8(3))
            w.write(resource)
            session.write(to: &w)
        case .unlock(let resource, let session):
            w.write(UInt8(4))
            w.write(resource)
            session.write(to: &w)
        case .resources: w.write(UInt8(5))
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .logIn(try AdministrationSession(from: &r), password: try r.readText())
        case 2: self = .logOut(try AdministrationSession(from: &r))
        case 3: self = .lock(resource: try r.readText(), try AdministrationSession(from: &r))
        case 4: self = .unlock(resource: try r.readText(), try AdministrationSession(from: &r))
        case 5: self = .resources
        case _: throw .unknownValue(field: "administration order")
        }
    }
}

extension AdministrationAnswer {
    func write(to w: inout WireWriter) {
        switch self {
        case .resources(let resources):
            w.write(UInt8(1))
            w.write(each: resources) {
                $0.write($1.name)
                $0.write($1.number)
                $0.write(optional: $1.owner) { $1.write(to: &$0) }
            }
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1:
            self = .resources(
                try r.readEach { (r) throws(WireError) in
                    ResourceSnapshot(
                        name: try r.readText(), number: try r.read(),
                        owner: try r.readOptional { (r) throws(WireError) in try AdministrationSession(from: &r) })
                })
        case _: throw .unknownValue(field: "administration answer")
        }
    }
}
