// Do raidscan, inqraid, raidar, findcmddev and mkconf.sh show what the reference has, row by row, and end as it says?

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct Discovery {
    // MARK: The world

    /// Array 540797 as its owner pasted it: one simplex volume and one in a pair at port CL1-C-1.
    private func pasted() -> FakeSession {
        let path = { VolumePath(port: "CL1-C-1", target: 28, lun: $0) }
        let pair = PairSnapshot(
            group: GroupIdentifier(1), role: .primary, mode: .synchronous(.never), status: .paired,
            remoteSerial: ArraySerial(540_797), remoteLDEV: LDEVNumber(397))
        return FakeSession(
            FakeArray(
                540_783,
                [
                    VolumeSnapshot(ldev: LDEVNumber(509), byteCount: 1 << 30, path: path(0), device: "/d/01-FD"),
                    VolumeSnapshot(
                        ldev: LDEVNumber(397), byteCount: 1 << 30, path: path(1), device: "/d/01-8D", pair: pair),
                ]), FakeArray(540_797, []), ["dev0", "dev1"])
    }

    /// A group of two volumes with a local pair on the first, devices for both, a third in no group, a command device, and
    /// a disk of another maker.
    private func world(_ situation: String = "pair", _ fence: FenceWord = .never) -> FakeSession {
        let session = Situation.named(situation).session(fence, volumes: 2)
        session.local.state.withLock { state in
            let name = LocalName(primary: LDEVNumber(18), secondary: LDEVNumber(0x102), mirror: 1)
            state.volumes[0].localPairs = [LocalPairSnapshot(name: name, role: .primary, status: .split)]
            state.volumes.append(
                VolumeSnapshot(
                    ldev: LDEVNumber(0x102), byteCount: 1 << 30, path: VolumePath(port: "CL2-B-3", target: 0, lun: 127),
                    device: "/d/01-02", localPairs: [LocalPairSnapshot(name: name, role: .secondary, status: .split)],
                    subsystem: 5))
        }
        let serial = session.local.identity.serial
        func device(_ name: String, _ ldev: UInt16, _ path: VolumePath, _ kind: HostDevice.Kind = .volume) -> HostDevice
        {
            HostDevice(name: "/dev/" + name, kind: kind, serial: serial, ldev: LDEVNumber(ldev), path: path)
        }
        session.theMachine.devices = HostDevices([
            device("sdb", 18, VolumePath(port: "CL1-A", target: 1, lun: 0)),
            device("sdc", 20, VolumePath(port: "CL1-A", target: 1, lun: 1)),
            device("sdaa", 0x102, VolumePath(port: "CL2-B-3", target: 0, lun: 127)),
            device("sdd", 0x103, VolumePath(port: "CL1-A", target: 1, lun: 2), .command),
        ])
        session.theMachine.input = ["/dev/sda", "/dev/sdb /dev/sdc", "sdaa", "/dev/sdd"]
        return session
    }

    private func sheet(_ lines: [String], _ session: () -> FakeSession) -> String {
        lines.map { "$ \($0)\n\(run($0, in: session()).text)" }.joined(separator: "\n\n")
    }

    // MARK: raidscan

    @Test("3.10: the pasted rows of -fw, but for the loop address and the name of the volume")
    func thePastedRows() {
        let rows = run("raidscan -p CL1-C-1 -fw", in: pasted()).output
        #expect(
            rows == [
                "PORT# /ALPA/C,TID#, LU#.Num(LDEV#....)...P/S, Status,Fence, LDEV#,LUN-WWN",
                "CL1-C-1 /ef/ 0, 28,   0.1(509)...........SMPL  ----  ------ -----,Unknown",
                "CL1-C-1 /ef/ 0, 28,   1.1(397)...........P-VOL PAIR  NEVER    397,60060e8008406f000050406f0000018d",
            ])
        // What the pasted rows have in the places that are this house's own.
        let pastedRows = [
            "CL1-C-1 /e1/ 4, 28,   0.1(509)...........SMPL  ----  ------ -----,Unknown",
            "CL1-C-1 /e1/ 4, 28,   1.1(397)...........P-VOL PAIR  NEVER    397,60060e8008ad9c000050ad9c0000018d",
        ]
        for (row, pasted) in zip(rows.dropFirst(), pastedRows) {
            #expect(
                row.prefix(9) == pasted.prefix(9) && row.dropFirst(14).prefix(54) == pasted.dropFirst(14).prefix(54))
            #expect(row.count == pasted.count)
        }
    }

    @Test("3.10: the row tail of the default form")
    func theTailOfThePartner() {
        let rows = run("raidscan -p cl1-c-1", in: pasted()).output
        #expect(rows.last?.hasSuffix("P-VOL PAIR  NEVER    397, 540797   397") == true)
    }

    /// One client splits each row after it has made two words of `/ALPA/C`.
    @Test(arguments: ["simplex", "copy", "pair", "split", "taken over"])
    func scriptsFindAsManyFieldsAsTheHeaderHas(_ situation: String) {
        let rows = run("raidscan -a -CLI", in: world(situation)).output
        #expect(rows[0].split(separator: " ").count == 12 && rows[0].contains("/ALPA/C"))
        for row in rows.dropFirst() { #expect(row.split(separator: " ").count == 13, "\(row)") }
    }

    @Test func raidscanHasItsFormats() {
        Golden.check(
            "raidscan/formats", source: "sections 2.11 and 3.10",
            sheet(
                [
                    "raidscan -p CL1-A", "raidscan -p CL1-A -fx", "raidscan -p CL1-A -fd", "raidscan -p CL1-A -fe",
                    "raidscan -p CL1-A -ff", "raidscan -p CL1-A -fg", "raidscan -p CL1-A -fxdgw",
                    "raidscan -p CL1-A -CLI", "raidscan -p CL1-A -CLI -fxgd", "raidscan -p CL1-A -t 1 -l 1",
                    "raidscan -p CL1-A -IM0", "raidscan -a -IM0 -m 1 -fx", "raidscan -a -IM0 -mu 1 -CLI",
                    "raidscan -a -s 30053", "raidscan -a -u 0", "raidscan -pd /dev/sdaa", "raidscan -pdg /dev/sdb",
                    "raidscan -p CL9-Z", "raidscan -p CL1-A -h",
                ]) { world() })
    }

    @Test(arguments: FenceWord.allCases)
    func raidscanShowsEverySituation(_ fence: FenceWord) {
        let blocks = Situation.fitting(fence).flatMap { situation in
            Role.allCases.map { role in
                let line = "raidscan -a"
                let outcome = run(line, in: situation.session(fence, from: role))
                return "== \(situation.name), at the \(role)\n$ \(line)\n\(outcome.text)"
            }
        }
        Golden.check(
            "raidscan/\(fence.rawValue.lowercased())", source: "sections 2.11 and 3.10",
            blocks.joined(separator: "\n\n"))
    }

    @Test("3.10: the pasted row of -find -fx")
    func thePastedDevice() {
        let session = pasted()
        session.theMachine.devices = HostDevices([
            HostDevice(
                name: "/dev/sdaa", serial: ArraySerial(65214), ldev: LDEVNumber(0x40B9),
                path: VolumePath(port: "CL2-B", target: 0, lun: 127))
        ])
        session.theMachine.input = ["/dev/sdaa"]
        let outcome = run("raidscan -find -fx", in: session)
        #expect(
            outcome.output == [
                "DEVICE_FILE         UID  S/F PORT   TARG  LUN    SERIAL  LDEV  PRODUCT_ID",
                // The instance of the test does not reach that array, so its unit is not known.
                "/dev/sdaa             -   F  CL2-B     0  127     65214  40B9  OPEN-V",
            ])
    }

    @Test func findShowsWhatIsBehindDevices() {
        Golden.check(
            "raidscan/find", source: "sections 1.11, 2.11 and 3.10",
            sheet(
                [
                    "raidscan -find", "raidscan -find -fx", "raidscan -findg", "raidscan -pi /dev/sdb -find",
                    "raidscan -find verify", "raidscan -find verify -fd", "raidscan -find verify -fx",
                    "raidscan -find verify 1 -IM0", "raidscan -find conf -g VG", "raidscan -find conf 0 -g oradb",
                    "raidscan -find conf h1", "raidscan -find inst",
                ]) { world() })
    }

    @Test func whatCannotBeScannedIsRefused() {
        Golden.check(
            "raidscan/refused", source: "sections 2.11 and 4.6",
            sheet(
                [
                    "raidscan", "raidscan -p", "raidscan -p CL1-A -fz", "raidscan -p CL1-A -m 4",
                    "raidscan -find other",
                    "raidscan -a -s 7", "raidscan -a -u 1", "raidscan -pd /dev/sda", "raidscan -pd /dev/sdd",
                ]) { world() }
                + "\n\n"
                + sheet(["raidscan -a", "raidscan -find"]) {
                    let session = world()
                    session.local.state.withLock { $0.isDead = true }
                    return session
                })
    }

    /// The manuals' form of a host's query needs no pair and no partner.
    @Test func theLinesOfAConfigurationAreReadBack() throws {
        let lines = run("raidscan -find conf 0 -g VG", in: world()).output
        let text = (["HORCM_CMD", "/dev/sdd"] + lines + ["HORCM_INST", "VG 127.0.0.1 52323"]).map { $0 + "\n" }.joined()
        let read = try ConfigurationParser.parse(text, file: "horcm.conf")
        #expect(read.volumes.map(\.name) == ["VG_000", "VG_001", "VG_002"])
        #expect(read.volumes.map(\.mirror) == ["0", "0", "0"])
        #expect(read.volumes[2].location == .path(VolumePath(port: "CL2-B-3", target: 0, lun: 127)))
    }

    // MARK: inqraid, findcmddev

    @Test func inqraidAsksTheArraysItself() {
        let dead = {
            let session = world()
            session.local.state.withLock { $0.isDead = true }
            return session
        }
        let strange = {
            let session = world()
            session.theMachine.input = ["/dev/sda", "/dev/tty"]
            return session
        }
        Golden.check(
            "inqraid/formats", source: "section 2.13",
            sheet(["inqraid", "inqraid -CLI", "inqraid -CLI -fx", "inqraid -sort -CLI", "inqraid -sort -CM -CLI"]) {
                world("pair", .async)
            } + "\n\n== the array does not answer\n" + sheet(["inqraid -CLI", "inqraid"], dead)
                + "\n\n== no device of an array\n"
                + sheet(["inqraid -CLI", "inqraid", "inqraid -sort -CM -CLI", "inqraid -x"], strange))
    }

    /// A client splits each row at most nine times.
    @Test func rowsOfInqraidHaveAsManyFieldsAsTheHeader() {
        let rows = run("inqraid -CLI", in: world()).output
        #expect(rows.count == 6)
        for row in rows { #expect(row.split(separator: " ").count == 9, "\(row)") }
        #expect(rows[2].split(separator: " ")[5] == "P/s/Ps")
        #expect(rows.last?.hasSuffix("OPEN-V-CM") == true)
    }

    @Test func findcmddevWritesItsLog() {
        let session = world()
        let outcome = run("findcmddev", in: session)
        #expect(outcome == Outcome(status: 0, output: ["cmddev of Ser#   30053 = /dev/sdd"], errors: []))
        #expect(session.theMachine.written == ["findcmddev.log": "cmddev of Ser#   30053 = /dev/sdd\n"])
        #expect(run("findcmddev dm- 0 9", in: world()).output.isEmpty)
        #expect(run("findcmddev -x", in: world()).status == 252)
        #expect(run("findcmddev dm- 0", in: world()).status == 254)
    }

    // MARK: raidar

    private func activity(_ reads: UInt64, _ writes: UInt64) -> VolumeActivity {
        VolumeActivity(
            ldev: LDEVNumber(18), reads: reads, writes: writes, readBytes: reads << 12, writtenBytes: writes << 12)
    }

    @Test func raidarShowsTheDifferences() {
        let make = {
            let session = world()
            session.local.state.withLock { $0.activity = [activity(1000, 500)] }
            session.onSleep = { count in
                // The third look finds an array that was started again.
                let now = [activity(1360, 740), activity(1360, 740), activity(3, 6)][count - 1]
                session.local.state.withLock { $0.activity = [now] }
            }
            return session
        }
        Golden.check(
            "raidar/formats", source: "section 2.12",
            sheet(
                [
                    "raidar -p CL1-A 1 0 -s 3 3", "raidar -pd /dev/sdb -s 60 1", "raidar -p CL1-A 1 0 1 -IM0 -s 5 1",
                    "raidar -p CL1-A 1 0 -sm 1 1", "raidar -p CL1-A 1 9 -s 1 1", "raidar -pd /dev/sda -s 1 1",
                    "raidar", "raidar -p CL1-A 1", "raidar -p CL1-A 1 0 -s 61 1",
                ], make))
    }

    @Test func raidarWatchesSixteenVolumesAtMost() {
        let line = "raidar" + String(repeating: " -pd /dev/sdb", count: 17)
        #expect(run(line, in: world()).status == 253)
    }

    // MARK: mkconf.sh

    private static let commandDevices = [
        "HORCM_CMD", "#dev_name               dev_name                dev_name", "#UnitID 0 (Serial# 30053)",
        "/dev/sdd",
    ]
    private static let volumes = [
        "HORCM_DEV", "#dev_group        dev_name        port#   TargetID        LU#     MU#", "VG VG_000 CL1-A 1 0 0",
    ]

    private func host(_ captures: [String: (status: Int32, lines: [String])]) -> FakeScriptHost {
        let host = FakeScriptHost()
        host.captures = [
            "inqraid": (0, Self.commandDevices), "raidscan -find conf": (0, Self.volumes),
            "raidscan -find verify": (0, ["DEVICE_FILE", "/dev/sdb"]),
        ].merging(captures) { $1 }
        host.input = ["/dev/sdb", "/dev/sdd"]
        return host
    }

    private func told(_ line: String, _ host: FakeScriptHost) -> String {
        let status = MkConf.run(line.split(separator: " ").dropFirst().map(String.init), host)
        let files = host.files.sorted { $0.key < $1.key }.map { "-- \($0.key)\n\($0.value)" }
        return (["$ \(line)"] + host.output + ["exit \(status)"] + files).joined(separator: "\n")
    }

    @Test func mkconfMakesAFileAndTriesIt() {
        let host = host([:])
        let text = told("mkconf.sh -g ORA -i 9 -m 0", host)
        #expect(host.captured.map(\.command) == ["inqraid", "raidscan", "raidscan"])
        #expect(host.captured[1].arguments == ["-find", "conf", "0", "-g", "ORA"])
        #expect(host.captured.allSatisfy { $0.input == ["/dev/sdb", "/dev/sdd"] })
        #expect(host.environment["HORCM_CONF"] == "/tmp/test/horcm9.conf" && host.environment["HORCC_MRCF"] == "1")
        Golden.check("mkconf/made", source: "section 1.11", text)
    }

    @Test func mkconfTellsWhatStandsInTheWay() {
        var blocks = [
            told("mkconf.sh", host([:])), told("mkconf.sh -i x", host([:])), told("mkconf.sh -z 1", host([:])),
        ]
        blocks.append(told("mkconf.sh -g ORA", host(["inqraid": (1, [])])))
        blocks.append(told("mkconf.sh -g ORA -a", host([:])))
        let notStarting = host([:])
        notStarting.launches = .failed
        blocks.append(told("mkconf.sh -g ORA", notStarting))
        blocks.append(told("mkconf.sh -gg ORA -m h1", host(["raidscan -findg conf": (0, [])])))
        blocks.append(told("mkconf.sh -g ORA", host(["raidscan -find verify": (237, [])])))
        let unattached = host(["raidscan -find conf": (251, [])])
        blocks.append(told("mkconf.sh -g ORA", unattached))
        #expect(unattached.slept == 57)
        Golden.check("mkconf/refused", source: "section 1.11", blocks.joined(separator: "\n\n"))
    }

    @Test func mkconfAddsAGroup() {
        let host = host([:])
        host.files["/tmp/test/horcm0.conf"] = "HORCM_CMD\n/dev/sdd\n"
        let text = told("mkconf.sh -g VG -i 0 -a -s horcm0", host)
        #expect(text.contains("exit 0"))
        let file = host.files["/tmp/test/horcm0.conf"] ?? ""
        #expect(file.hasPrefix("HORCM_CMD\n/dev/sdd\n\nHORCM_DEV\n") && file.hasSuffix("127.0.0.1       horcm0    \n"))
        #expect(!host.captured.contains { $0.command == "inqraid" })
    }

    // MARK: raidqry

    @Test func raidqryShowsTheAddressOfAHost() {
        let rows = run("raidqry -l -f", in: world()).output
        #expect(rows.last?.split(separator: " ")[2] == "127.0.0.1")
        #expect(run("raidqry -l", in: world()).output.last?.split(separator: " ")[2] == "localhost")
        #expect(run("raidqry -r oradb -f", in: world()).output.last?.split(separator: " ")[1] == "oradb")
    }
}
