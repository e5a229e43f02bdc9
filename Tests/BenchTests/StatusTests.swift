// Are the keys of the status the ones that scripts rely on, and does the screen say what is wrong?

import Bench
import CommandDevice
import Foundation
import ReplicationCore
import Testing

@Suite struct StatusTests {
    static var status: BenchStatus {
        let pair = PairSnapshot(
            group: GroupIdentifier(creator: ArraySerial(30053), counter: 1), role: .primary,
            mode: .synchronous(.data), status: .suspended(.byFault), remoteSerial: ArraySerial(30054),
            remoteLDEV: LDEVNumber(0x10), cleanPercent: 97, markedTracks: 500, trackCount: 16384, isFenced: true,
            isLinkUp: false)
        let path = VolumePath(port: "CL1-A", target: 0, lun: 0)
        let paired = VolumeSnapshot(
            ldev: LDEVNumber(0x10), byteCount: 1 << 30, path: path, device: "/b/dev/00-10", blockDevice: "/dev/loop3",
            pair: pair)
        let simplex = VolumeSnapshot(ldev: LDEVNumber(0x11), byteCount: 512, path: path, device: "/b/dev/00-11")
        let name = LocalName(primary: LDEVNumber(0x12), secondary: LDEVNumber(0x310), mirror: 1)
        let other = LocalName(primary: LDEVNumber(0x12), secondary: LDEVNumber(0x311), mirror: 2)
        let copied = VolumeSnapshot(
            ldev: LDEVNumber(0x12), byteCount: 512, path: path, device: "/b/dev/00-12",
            localPairs: [
                LocalPairSnapshot(name: name, role: .primary, status: .split, cleanPercent: 88),
                LocalPairSnapshot(name: other, role: .primary, status: .paired, group: 3),
            ])
        var slow = LinkImpairment()
        slow.passage = .cut
        slow.latencyMicroseconds = 5000
        slow.bytesPerSecond = 100_000_000
        return BenchStatus(
            stateDirectory: "/b", clock: 60,
            arrays: [
                ArrayStatus(
                    name: "east", serial: 30053, ldevs: [LDEVStatus(paired), LDEVStatus(simplex), LDEVStatus(copied)],
                    links: [LinkEndStatus(name: "east-west", remoteName: "west", state: "cut")])
            ],
            links: [
                .init(
                    name: "east-west", state: "cut", between: ["east", "west"],
                    directions: [
                        .init(name: "east-west", impairment: slow, bytesSent: 1_234_567),
                        .init(name: "west-east", impairment: .none),
                    ])
            ],
            hosts: [.init(name: "east", instance: 0, array: "east", state: "running", port: 11000)])
    }

    @Test func theKeysThatScriptsUseAreThere() throws {
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Self.status)) as? [String: Any]
        let array = try #require((json?["arrays"] as? [[String: Any]])?.first)
        #expect(array["name"] as? String == "east")
        #expect(array["serial"] as? Int == 30053)
        #expect(array["state"] as? String == "running")
        let ldevs = try #require(array["ldevs"] as? [[String: Any]])
        #expect(
            Set(ldevs[0].keys) == [
                "id", "size", "device", "blockDevice", "port", "target", "lun", "pair", "localPairs",
            ])
        #expect(Set(ldevs[1].keys) == Set(ldevs[0].keys), "what is not there is null, not missing")
        #expect(ldevs[1]["pair"] is NSNull && ldevs[1]["blockDevice"] is NSNull)
        #expect(ldevs[0]["blockDevice"] as? String == "/dev/loop3")
        let pair = try #require(ldevs[0]["pair"] as? [String: Any])
        #expect(
            Set(pair.keys) == [
                "group", "role", "mode", "status", "remoteSerial", "remoteLDEV", "cleanPercent", "markedTracks",
                "trackCount", "sideFilePercent", "access", "isFenced", "isUsable", "isLinkUp", "copyPace",
            ])
        #expect(pair["status"] as? String == "suspended by fault")
        let local = try #require((ldevs[2]["localPairs"] as? [[String: Any]])?.last)
        #expect(
            Set(local.keys) == [
                "role", "partner", "mirror", "status", "cleanPercent", "copyPace", "group", "isWrittenSinceSplit",
            ])
        #expect((ldevs[0]["localPairs"] as? [Any])?.isEmpty == true)
        let link = try #require((json?["links"] as? [[String: Any]])?.first)
        #expect(link["name"] as? String == "east-west" && link["state"] as? String == "cut")
        let host = try #require((json?["hosts"] as? [[String: Any]])?.first)
        #expect(host["name"] as? String == "east" && host["instance"] as? Int == 0)
    }

    @Test func whatWasWrittenCanBeRead() throws {
        let bytes = try JSONEncoder().encode(Self.status)
        #expect(try JSONDecoder().decode(BenchStatus.self, from: bytes) == Self.status)
    }

    @Test func theScreenIsGolden() {
        let gap = String(repeating: " ", count: 25)
        #expect(
            StatusScreen.text(Self.status) == """
                bench /b, clock 60x

                array east  serial 30053  running
                  LDEV   SIZE   PATH       PAIR                                                           \
                \(gap)DEVICE        BLOCK DEVICE
                  00:10  1 GiB  CL1-A 0 0  primary of 30054 00:10, data, suspended by fault 97 %, fenced  \
                \(gap)/b/dev/00-10  /dev/loop3
                  00:11  512 B  CL1-A 0 0  simplex                                                        \
                \(gap)/b/dev/00-11  -
                  00:12  512 B  CL1-A 0 0  primary of local 03:10, mirror 1, split 88 %; primary of local 03:11, mirror 2, \
                paired  /b/dev/00-12  -

                links
                  east-west  cut  east-west: cut, latency 5 ms, 100 MB/s, sent 1.2 MB  west-east: open

                hosts
                  east  instance 0  running  at array east

                """)
    }

    @Test func everyWordOfTheCoreHasAWordHere() {
        #expect(Set(ReplicationMode.allCases.map(PairReport.word)) == Set(FenceWord.all))
        #expect(ReplicationMode.allCases.allSatisfy { FenceWord.mode(PairReport.word($0)) == $0 })
        #expect(Set(PairStatus.allCases.map(PairReport.word)).count == PairStatus.allCases.count)
        #expect(Set(LocalStatus.allCases.map(LocalPairReport.word)).count == LocalStatus.allCases.count)
    }

    @Test func anImpairmentKeepsWhatIsNotNamed() {
        var shaped = LinkImpairment()
        shaped.latencyMicroseconds = 5
        shaped.bytesPerSecond = 7
        let cut = shaped.applying(ImpairmentRequest(passage: .cut))
        #expect(cut.passage == .cut && cut.latencyMicroseconds == 5 && cut.bytesPerSecond == 7)
        #expect(cut.applying(ImpairmentRequest(passage: .open, latencyMicroseconds: 0, bytesPerSecond: 0)) == .none)
    }
}
