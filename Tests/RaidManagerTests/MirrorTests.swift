// Does the MU# of a command line choose the line and the pair that it names, for remote and for local pairs alike?

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct Mirrors {
    private static let serial = ArraySerial(30053)
    private static let ldev = LDEVNumber(18)

    private func local(
        _ mirror: UInt8, _ role: Role = .primary, _ status: LocalPairStatus = .paired, to partner: UInt16 = 40
    ) -> LocalPairSnapshot {
        let partner = LDEVNumber(partner + UInt16(mirror))
        let name =
            role == .primary
            ? LocalName(primary: Self.ldev, secondary: partner, mirror: mirror)
            : LocalName(primary: partner, secondary: Self.ldev, mirror: mirror)
        return LocalPairSnapshot(name: name, role: role, status: status, cleanPercent: 99)
    }

    private func volume(_ locals: [LocalPairSnapshot]) -> VolumeSnapshot {
        var volume = Situation.named("pair").volume(.primary, 0, .never)
        volume.localPairs = locals
        return volume
    }

    /// One volume in three groups: its remote pair and two local mirrors.
    private func service(_ locals: [LocalPairSnapshot]) -> (FakeService, FakeArray) {
        let array = FakeArray(Self.serial.value, [volume(locals)])
        var configuration = HorcmConfiguration()
        configuration.volumes = [("ca", ""), ("bc0", "0"), ("bc1", "1"), ("ur", "h1")].map {
            .init(group: $0.0, name: "dev", location: .ldev(Self.serial, Self.ldev), mirror: $0.1)
        }
        let information = InstanceInformation(
            instance: 0, host: "h", address: "a", service: "s", arrays: [array.identity], commandDevices: [], groups: []
        )
        return (
            InstanceService(
                configuration: configuration, information: information, arrays: array,
                partners: FakePartner { _ in nil }, memory: FakeMemory()), array
        )
    }

    private func reports(_ target: VolumeTarget, _ locals: [LocalPairSnapshot] = []) -> [VolumeReport] {
        guard case .volumes(let reports, _) = service(locals).0.answer(.volumes(target, from: 0), for: .command) else {
            return []
        }
        return reports
    }

    @Test func muChoosesAmongTheLinesOfAVolume() {
        let target = { (mirror: UInt8?) in
            VolumeTarget.ldev(Self.serial, Self.ldev, wholeGroup: false, mirror: mirror)
        }
        #expect(reports(target(nil)).map(\.group) == ["ca"])
        #expect(reports(target(0)).map(\.group) == ["ca"])
        #expect(reports(target(1)).map(\.group) == ["bc1"])
        #expect(reports(target(2)).isEmpty)
        #expect(reports(.file("/dev/arr/primary0", wholeGroup: true, mirror: 1)).map(\.group) == ["bc1"])
        #expect(reports(.device("dev", group: "ur")).map(\.mirror) == ["h1"])
    }

    @Test func modeAndMirrorChooseThePair() {
        let locals = [local(0), local(1, .primary, .split)]
        func facts(_ group: String, _ mode: CopyMode, shown: UInt8? = nil) -> PairFacts? {
            reports(.group(group), locals).first.flatMap { VolumeView($0, mode, shown: shown).facts }
        }
        #expect(facts("ca", .horc)?.partnerLDEV == LDEVNumber(19))
        #expect(facts("bc0", .horc)?.partnerLDEV == LDEVNumber(19))
        #expect(facts("bc1", .horc) == nil)
        #expect(facts("ca", .mrcf)?.partnerLDEV == LDEVNumber(40))
        #expect(facts("bc1", .mrcf)?.word == .psus)
        #expect(facts("ca", .mrcf, shown: 1)?.partnerLDEV == LDEVNumber(41))
        #expect(facts("ca", .mrcf, shown: 2) == nil)
        #expect(facts("bc1", .horc, shown: 0)?.partnerSerial == ArraySerial(30054))
        #expect(facts("ca", .horc, shown: 1) == nil)
    }

    @Test(arguments: LocalPairStatus.allCases)
    func localPairsHaveTheirWords(_ status: LocalPairStatus) {
        let words: [LocalPairStatus: (PairWord, PairWord)] = [
            .copying: (.copy, .copy), .paired: (.pair, .pair), .splitting: (.copy, .copy), .split: (.psus, .ssus),
            .restoring: (.rcpy, .rcpy), .failed: (.psue, .psue),
        ]
        #expect(PairWord(local(0, .primary, status)) == words[status]?.0)
        #expect(PairWord(local(0, .secondary, status)) == words[status]?.1)
        let facts = PairFacts(local(0, .secondary, status), in: Self.serial)
        #expect(facts.isSecondaryWritable == (status == .split) && facts.fence == nil && facts.paths == nil)
        #expect(facts.isUsable == (status == .paired || status == .split))
    }

    /// A secondary is MU# 0 in most files, whichever mirror of its primary it is.
    @Test func aSecondaryIsFoundWithoutItsMirror() {
        let report = VolumeReport(group: "g", name: "d", serial: Self.serial, mirror: "0", ldev: Self.ldev)
        var found = report
        found.snapshot = volume([local(2, .secondary)])
        #expect(VolumeView(found, .mrcf).facts?.mirror == 2)
        found.snapshot = volume([local(2, .primary)])
        #expect(VolumeView(found, .mrcf).facts == nil)
    }

    @Test func ordersBecomeTheModesOwnRequests() throws {
        let reports = reports(.group("ca"), [local(0)])
        let remote = reports.map { VolumeView($0, .horc) }
        let copies = reports.map { VolumeView($0, .mrcf) }
        let name = LocalName(primary: Self.ldev, secondary: LDEVNumber(40), mirror: 0)
        #expect(
            try PairOrder.split(.secondaryWritable).request(.horc, for: remote)
                == .split([Self.ldev], .secondaryWritable))
        #expect(try PairOrder.split(.secondaryWritable).request(.mrcf, for: copies) == .local(.split([name])))
        #expect(try PairOrder.restore(pace: 3).request(.mrcf, for: copies) == .local(.restore([name], copyPace: 3)))
        #expect(try PairOrder.fail.request(.mrcf, for: copies) == .local(.fail([name])))
        #expect(throws: HorcmFailure.self) { try PairOrder.restore(pace: nil).request(.horc, for: remote) }
        #expect(throws: HorcmFailure.self) { try PairOrder.rollBack.request(.mrcf, for: copies) }
    }

    @Test func theCommandLineCarriesTheMirror() {
        let session = Situation.named("pair").session(.never)
        #expect(run("pairvolchk -g oradb -s", in: session).status == 23)
        #expect(run("pairvolchk -g oradb -s -FHORC 0", in: session).status == 23)
        #expect(run("pairvolchk -g oradb -s -FHORC 1", in: session).status == 11)
        #expect(run("pairvolchk -g oradb -s -FMRCF 1", in: session).status == 11)
        #expect(run("pairvolchk -d 30053 18 0 -s", in: session).status == 23)
        #expect(run("pairvolchk -d 30053 18 1 -s", in: session).status == 247)
        #expect(run("pairvolchk -g oradb -s -FHORC 7", in: session).status == 220)
    }
}
