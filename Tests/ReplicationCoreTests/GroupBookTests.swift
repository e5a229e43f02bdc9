// Do device and copy groups become what an administrator says, as a whole or not at all, and survive their own bytes?

import CommandDevice
import ReplicationCore
import Testing

@Suite struct GroupBookTests {
    private static let members = [
        DeviceGroup.Member(name: "dev1", ldev: LDEVNumber(16)), .init(name: "dev2", ldev: LDEVNumber(17)),
    ]

    private let book = GroupBook(
        deviceGroups: [DeviceGroup(name: "oradbP", members: members)],
        copyGroups: [CopyGroup(name: "oradb", deviceGroup: "oradbP")])

    private static func member(_ name: String, _ ldev: UInt16) -> DeviceGroup.Member {
        DeviceGroup.Member(name: name, ldev: LDEVNumber(ldev))
    }

    @Test func theFirstVolumeMakesAGroupAndTheLastTakesItAway() {
        var book = book
        #expect(book.make(.add(Self.member("a", 16), to: "more")) == nil)
        #expect(book.make(.add(Self.member("b", 18), to: "more")) == nil)
        #expect(book.deviceGroups.map(\.name) == ["oradbP", "more"])
        #expect(book.deviceGroups[1].members == [Self.member("a", 16), Self.member("b", 18)])
        #expect(book.make(.remove(ldevs: [LDEVNumber(16)], name: nil, from: "more")) == nil)
        #expect(book.make(.remove(ldevs: nil, name: "b", from: "more")) == nil)
        #expect(book.deviceGroups == self.book.deviceGroups)
    }

    @Test(arguments: [
        (GroupChange.add(member("dev3", 16), to: "oradbP"), AdministrationRefusal.alreadyInGroup),
        (.add(member("dev2", 18), to: "oradbP"), .alreadyInGroup),
        (.add(member("", 18), to: "oradbP"), .groupNameWrong),
        (.add(member(String(repeating: "n", count: 32), 18), to: "oradbP"), .groupNameWrong),
        (.add(member("a", 18), to: ""), .groupNameWrong),
        (.remove(ldevs: nil, name: nil, from: "other"), .noSuchGroup),
        (.remove(ldevs: [LDEVNumber(18)], name: nil, from: "oradbP"), .noSuchGroup),
        (.remove(ldevs: [LDEVNumber(16)], name: "dev2", from: "oradbP"), .noSuchGroup),
        (.addCopyGroup("more", deviceGroups: [], mirror: nil, journal: nil), .noSuchGroup),
        (.addCopyGroup("more", deviceGroups: ["oradbP", "other"], mirror: nil, journal: nil), .noSuchGroup),
        (.addCopyGroup("oradb", deviceGroups: ["oradbP"], mirror: 1, journal: nil), .alreadyInGroup),
        (.addCopyGroup("more", deviceGroups: ["oradbP", "oradbP"], mirror: 1, journal: nil), .alreadyInGroup),
        (.addCopyGroup("", deviceGroups: ["oradbP"], mirror: nil, journal: nil), .groupNameWrong),
        (.removeCopyGroup("more", deviceGroup: nil), .noSuchGroup),
        (.removeCopyGroup("oradb", deviceGroup: "oradbS"), .noSuchGroup),
    ])
    func whatIsRefusedChangesNothing(_ change: GroupChange, _ refusal: AdministrationRefusal) {
        var book = book
        #expect(book.make(change) == refusal)
        #expect(book == self.book)
    }

    @Test func aCopyGroupHasTwoHalvesAtMost() {
        var book = book
        for name in ["oradbS", "third"] { #expect(book.make(.add(Self.member("x", 20), to: name)) == nil) }
        #expect(book.make(.addCopyGroup("oradb", deviceGroups: ["oradbS"], mirror: 0, journal: 3)) == nil)
        #expect(
            book.copyGroups == [
                CopyGroup(name: "oradb", deviceGroup: "oradbP"),
                CopyGroup(name: "oradb", deviceGroup: "oradbS", mirror: 0, journal: 3),
            ])
        #expect(
            book.make(.addCopyGroup("oradb", deviceGroups: ["third"], mirror: nil, journal: nil)) == .alreadyInGroup)
        #expect(book.make(.removeCopyGroup("oradb", deviceGroup: "oradbP")) == nil)
        #expect(book.copyGroups.map(\.deviceGroup) == ["oradbS"])
        #expect(book.make(.removeCopyGroup("oradb", deviceGroup: nil)) == nil)
        #expect(book.copyGroups.isEmpty)
    }

    @Test func aChangeIsAboutTheVolumesThatItNames() {
        let both = Self.members.map(\.ldev)
        #expect(book.ldevs(of: .add(Self.member("a", 20), to: "oradbP")) == [LDEVNumber(20)])
        #expect(book.ldevs(of: .remove(ldevs: nil, name: "dev2", from: "oradbP")) == [LDEVNumber(17)])
        #expect(book.ldevs(of: .remove(ldevs: [LDEVNumber(20)], name: nil, from: "oradbP")) == [])
        #expect(
            book.ldevs(of: .addCopyGroup("x", deviceGroups: ["oradbP", "none"], mirror: nil, journal: nil)) == both)
        #expect(book.ldevs(of: .removeCopyGroup("oradb", deviceGroup: nil)) == both)
    }

    @Test func itsBytesAreReadBackAndDamageIsRefused() throws {
        let bytes = book.encoded()
        #expect(try GroupBook(decoding: bytes) == book)
        let empty = GroupBook(deviceGroups: [], copyGroups: [])
        #expect(try GroupBook(decoding: empty.encoded()) == empty)
        for count in bytes.indices {
            #expect(throws: WireError.self) { try GroupBook(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: WireError.trailingBytes) { try GroupBook(decoding: bytes + [0]) }
        #expect(throws: WireError.unsupportedVersion(2)) { try GroupBook(decoding: [2] + bytes.dropFirst()) }
    }
}
