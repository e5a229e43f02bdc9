// What raidcom says when an array refuses what an administrator asks.

internal import CommandDevice
internal import ReplicationCore

extension AdministrationRefusal {
    /// The two halves of the sense bytes that tell of an order's failure, `2E11` and `2205`; nil where RAID Manager has an
    /// error of its own. The certainty is that of the bytes.
    /// - Source: clients wait while they read 2E11,2205 (CIN, both drivers; CCI user guide MK-90RD7010, syslog table);
    ///   2E20,0000 with its cause is pasted (NB).
    var sense: (first: String, second: String, certainty: Certainty)? {
        switch self {
        case .notLoggedIn, .notAuthenticated, .noSuchResource, .noSuchGroup, .noSuchRequest: nil
        case .locked: ("2E11", "2205", .several)
        case .noSuchVolume: ("2E20", "0000", .real)
        case .labelTooLong: ("2E00", "9701", .ours)
        case .notNoted: ("2E10", "8000", .ours)
        case .alreadyInGroup: ("2E22", "0001", .ours)
        case .groupNameWrong: ("2E22", "0002", .ours)
        case .groupsFull: ("2E22", "0003", .ours)
        }
    }

    var cause: Fact<String> {
        switch self {
        case .notLoggedIn: Fact("Nobody has logged in.", .ours, "2.16")
        case .notAuthenticated: Fact("The user or the password is wrong.", .ours, "2.16")
        case .locked: Fact("The resource is locked by another user.", .ours, "2.16")
        case .noSuchResource: Fact("There is no such resource group.", .ours, "2.16")
        case .noSuchVolume: Fact("LDEV is not installed.", .real, "2.1")
        case .labelTooLong: Fact("The LDEV nickname is too long.", .ours, "2.16")
        case .notNoted: Fact("The array cannot note it.", .ours, "2.16")
        case .noSuchGroup: Fact("There is no such group, or the LDEV is not in it.", .ours, "2.16")
        case .alreadyInGroup: Fact("The LDEV, its name or the device group is in the group already.", .ours, "2.16")
        case .groupNameWrong: Fact("The name is empty or too long.", .ours, "2.16")
        case .groupsFull: Fact("The groups of the array are full.", .ours, "2.16")
        case .noSuchRequest: Fact("There is no such request.", .ours, "2.16")
        }
    }

    static var facts: [FactLine] {
        allCases.flatMap { refusal in
            [FactLine("cause of raidcom", refusal.cause)]
                + (refusal.sense.map {
                    [FactLine("sense of raidcom", "\($0.first),\($0.second)", $0.certainty, "2.16")]
                }
                    ?? [])
        }
    }
}

extension HorcmFailure {
    /// - Parameter user: who asked, if it is known.
    init(_ refusal: AdministrationRefusal, from serial: ArraySerial, user: String? = nil) {
        switch refusal {
        case .notLoggedIn, .notAuthenticated:
            let place = "on Serial#(\(serial))"
            self.init(.authenticationFailed, user.map { "with User:\($0) \(place)" } ?? place)
        case .noSuchResource, .noSuchGroup, .noSuchRequest: self.init(.noSuchObject)
        case .locked, .noSuchVolume, .labelTooLong, .notNoted, .alreadyInGroup, .groupNameWrong, .groupsFull:
            let (first, second, _) = refusal.sense ?? ("0000", "0000", .ours)
            self.init(
                .rejectedByArray,
                "It was rejected due to SKEY=0x05, ASC=0x26, ASCQ=0x00, SSB=0x\(first),0x\(second)"
                    + " on Serial#(\(serial))",
                "CAUSE : \(refusal.cause.value)")
        }
    }
}
