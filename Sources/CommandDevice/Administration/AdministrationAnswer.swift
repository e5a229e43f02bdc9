// What an array answers an administrator.

package import ReplicationCore

/// A group of resources and who holds it.
package struct ResourceSnapshot: Hashable, Sendable {
    package var name: String
    package var number: UInt16
    /// The volumes that belong to it; of number 0 those that are in no other group are left out.
    package var ldevs: [LDEVNumber]
    /// nil: not locked.
    package var owner: AdministrationSession?

    package init(
        name: String, number: UInt16, ldevs: [LDEVNumber] = [], owner: AdministrationSession? = nil
    ) {
        self.name = name
        self.number = number
        self.ldevs = ldevs
        self.owner = owner
    }
}

/// What became of the orders that a session did not wait for.
package struct CommandStatus: Hashable, Sendable {
    /// The session's own number.
    package var handle: UInt16
    /// Why the first of those failed that failed since the last reset.
    /// - Source: Hitachi's HUS VM CCI user guide, page 5-3: of later ones only the number is kept.
    package var firstFailure: AdministrationRefusal?
    package var failureCount: UInt32

    package init(handle: UInt16, firstFailure: AdministrationRefusal? = nil, failureCount: UInt32 = 0) {
        self.handle = handle
        self.firstFailure = firstFailure
        self.failureCount = failureCount
    }
}

/// What became of one order that was given as a request with a number.
package struct RequestStatus: Hashable, Sendable {
    package var number: UInt32
    /// The volume that it was about.
    package var ldev: LDEVNumber
    package var failure: AdministrationRefusal?

    package init(number: UInt32, ldev: LDEVNumber, failure: AdministrationRefusal? = nil) {
        self.number = number
        self.ldev = ldev
        self.failure = failure
    }
}

package struct VolumeLabel: Hashable, Sendable {
    package var ldev: LDEVNumber
    package var text: String

    package init(ldev: LDEVNumber, text: String) {
        self.ldev = ldev
        self.text = text
    }
}

package enum AdministrationRefusal: UInt8, Hashable, Sendable, CaseIterable {
    case notLoggedIn = 1
    /// The array does not know the user, or not with that password.
    case notAuthenticated = 2
    /// Another session holds the group of resources.
    case locked = 3
    case noSuchResource = 4
    case noSuchVolume = 5
    case labelTooLong = 6
    /// The array could not note it on its disk.
    case notNoted = 7
    /// No such device group, copy group, or volume in it.
    case noSuchGroup = 8
    /// The volume, its name or the device group is there already, or there is no room for a further half.
    case alreadyInGroup = 9
    /// Empty, or longer than a configuration file can name it.
    case groupNameWrong = 10
    /// The array's groups hold as much as they can.
    case groupsFull = 11
    /// The session has no request of that number.
    case noSuchRequest = 12
}

package enum AdministrationAnswer: Hashable, Sendable {
    case done
    case refused(AdministrationRefusal)
    case session(AdministrationSession)
    case resources([ResourceSnapshot])
    case commandStatus(CommandStatus)
    /// Of the named volumes those that have a name.
    case labels([VolumeLabel])
    case deviceGroups([DeviceGroup])
    case copyGroups([CopyGroup])
    /// The order was taken as this request.
    case request(RequestStatus)
}

extension ResourceSnapshot {
    func write(to w: inout WireWriter) {
        w.write(name)
        w.write(number)
        w.write(ldevs)
        w.write(optional: owner) { $1.write(to: &$0) }
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            name: try r.readText(), number: try r.read(), ldevs: try r.readLDEVs(),
            owner: try r.readOptional { (r) throws(WireError) in try AdministrationSession(from: &r) })
    }
}

extension CommandStatus {
    func write(to w: inout WireWriter) {
        w.write(handle)
        w.write(optional: firstFailure) { $0.write($1.rawValue) }
        w.write(failureCount)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            handle: try r.read(),
            firstFailure: try r.readOptional { (r) throws(WireError) in
                try AdministrationRefusal.read(from: &r, field: "administration refusal")
            }, failureCount: try r.read())
    }
}

extension RequestStatus {
    func write(to w: inout WireWriter) {
        w.write(number)
        w.write(ldev.value)
        w.write(optional: failure) { $0.write($1.rawValue) }
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            number: try r.read(), ldev: LDEVNumber(try r.read()),
            failure: try r.readOptional { (r) throws(WireError) in
                try AdministrationRefusal.read(from: &r, field: "administration refusal")
            })
    }
}

extension AdministrationAnswer {
    func write(to w: inout WireWriter) {
        switch self {
        case .resources(let resources):
            w.write(UInt8(1))
            w.write(each: resources) { $1.write(to: &$0) }
        case .done: w.write(UInt8(2))
        case .refused(let refusal):
            w.write(UInt8(3))
            w.write(refusal.rawValue)
        case .session(let session):
            w.write(UInt8(4))
            session.write(to: &w)
        case .commandStatus(let status):
            w.write(UInt8(5))
            status.write(to: &w)
        case .labels(let labels):
            w.write(UInt8(6))
            w.write(each: labels) {
                $0.write($1.ldev.value)
                $0.write($1.text)
            }
        case .deviceGroups(let groups):
            w.write(UInt8(7))
            w.write(each: groups) { $1.write(to: &$0) }
        case .copyGroups(let groups):
            w.write(UInt8(8))
            w.write(each: groups) { $1.write(to: &$0) }
        case .request(let status):
            w.write(UInt8(9))
            status.write(to: &w)
        }
    }

    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .resources(try r.readEach { (r) throws(WireError) in try ResourceSnapshot(from: &r) })
        case 2: self = .done
        case 3: self = .refused(try AdministrationRefusal.read(from: &r, field: "administration refusal"))
        case 4: self = .session(try AdministrationSession(from: &r))
        case 5: self = .commandStatus(try CommandStatus(from: &r))
        case 6:
            self = .labels(
                try r.readEach { (r) throws(WireError) in
                    VolumeLabel(ldev: LDEVNumber(try r.read()), text: try r.readText())
                })
        case 7: self = .deviceGroups(try r.readEach { (r) throws(WireError) in try DeviceGroup(from: &r) })
        case 8: self = .copyGroups(try r.readEach { (r) throws(WireError) in try CopyGroup(from: &r) })
        case 9: self = .request(try RequestStatus(from: &r))
        case _: throw .unknownValue(field: "administration answer")
        }
    }
}
