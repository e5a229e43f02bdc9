// Do the rows that the reference shows come out byte for byte?

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct ManualRows {
    private func row(
        _ group: String, _ name: String, _ side: Side, _ place: (String, String, String), _ serial: String,
        _ ldev: String,
        _ attribute: String, _ pair: PairRow.Pair?, mirror: String = "0"
    ) -> PairRow {
        var row = PairRow()
        row.group = group
        row.name = name
        row.side = side
        (row.port, row.target, row.lun) = place
        row.serial = serial
        row.ldev = ldev
        row.attribute = attribute
        row.pair = pair
        row.mirror = mirror
        return row
    }

    private func pair(
        _ status: String, _ fence: String, _ percent: String?, _ partner: String, serial: String? = nil,
        mark: String = "-"
    ) -> PairRow.Pair {
        var pair = PairRow.Pair()
        pair.status = status
        pair.fence = fence
        pair.percent = percent
        pair.partnerLDEV = partner
        pair.partnerSerial = serial
        pair.mark = mark
        return pair
    }

    private func screen(
        _ mode: CopyMode = .horc, percent: Bool = true, file: Bool = false, commandLine: Bool = false,
        extended: Bool = false
    ) -> PairScreen {
        var screen = PairScreen()
        screen.mode = mode
        screen.showsPercent = percent
        screen.showsDeviceFile = file
        screen.isCommandLine = commandLine
        screen.isExtended = extended
        return screen
    }

    @Test("3.2, with -fc: a real pair of global-active devices")
    func textWithPercent() {
        let rows = [
            row(
                "HDID", "GAD_TEST_HA", .local, ("CL8-F-8", "0", "5"), "811111", "6001", "P-VOL",
                pair("PSUS", "NEVER", "100", "6001")),
            row(
                "HDID", "GAD_TEST_HA", .remote, ("CL8-F-12", "0", "5"), "822222", "6001", "S-VOL",
                pair("SSWS", "NEVER", "100", "6001")),
        ]
        #expect(
            screen().lines(rows) == [
                "Group   PairVol(L/R) (Port#,TID, LU),Seq#,LDEV#.P/S,Status,Fence,   %,P-LDEV# M",
                "HDID    GAD_TEST_HA(L) (CL8-F-8, 0,   5)811111  6001.P-VOL PSUS NEVER ,  100  6001 -",
                "HDID    GAD_TEST_HA(R) (CL8-F-12, 0,   5)822222  6001.S-VOL SSWS NEVER ,  100  6001 -",
            ])
    }

    @Test("3.2, without -fc: the partner's serial is known on the P-VOL's row alone")
    func textWithSerial() {
        let session = Situation.named("pair").session(.never)
        // The reference's sample has LU 0 and no device of its own.
        #expect(
            run("pairdisplay -g oradb", in: session).output == [
                "Group   PairVol(L/R) (Port#,TID, LU),Seq#,LDEV#.P/S,Status,Fence,Seq#,P-LDEV# M",
                "oradb   oradev1(L)   (CL1-A , 1,   0)30053    18.P-VOL PAIR NEVER ,30054    19 -",
                "oradb   oradev1(R)   (CL1-D , 1,   0)30054    19.S-VOL PAIR NEVER ,-----    18 -",
            ])
    }

    @Test("3.2: a simplex row")
    func simplex() {
        #expect(
            run("pairdisplay -g oradb -l", in: Situation.named("simplex").session(.never)).output.last
                == "oradb   oradev1(L)   (CL1-A , 1,   0)30053    18.SMPL  ---- ------,-----  ---- -")
    }

    @Test("3.3: local copies")
    func localCopies() {
        let rows = [
            row(
                "vgdbRPS", "40:06_40:4b", .local, ("CL1-A-3", "3", "7"), "85827", "404b", "S-VOL",
                pair("PAIR", "", "99", "4006")),
            row(
                "vgdbRPS", "40:06_40:4b", .remote, ("CL1-A-1", "0", "4"), "85827", "4006", "P-VOL",
                pair("PSUS", "", "100", "404b", mark: "W")),
        ]
        #expect(
            screen(.mrcf).lines(rows) == [
                "Group   PairVol(L/R) (Port#,TID, LU-M) ,Seq#,LDEV#.P/S,Status,   % ,P-LDEV# M",
                "vgdbRPS 40:06_40:4b(L) (CL1-A-3, 3,   7-0 )85827  404b.S-VOL PAIR,   99    4006 -",
                "vgdbRPS 40:06_40:4b(R) (CL1-A-1, 0,   4-0 )85827  4006.P-VOL PSUS,  100    404b W",
            ])
    }

    @Test("3.4: -fcx -CLI, whose publisher shortened the group's name in a column 15 wide")
    func commandLine() {
        let rows = [
            row(
                "CG_MAN02", "CG_MAN02_01", .local, ("CL5-E-3", "0", "26"), "413541", "6a6", "S-VOL",
                pair("PAIR", "ASYNC", "0", "5a6")),
            row(
                "CG_MAN02", "CG_MAN02_01", .remote, ("CL1-A-3", "0", "2"), "410673", "5a6", "P-VOL",
                pair("PAIR", "ASYNC", "1", "6a6")),
        ]
        #expect(
            CommandLineLayout(screen(commandLine: true), groupWidth: 15, nameWidth: 11).lines(rows) == [
                "Group           PairVol     L/R Port#   TID  LU Seq#    LDEV# P/S Status Fence    % P-LDEV# M",
                "CG_MAN02        CG_MAN02_01 L   CL5-E-3  0   26 413541   6a6 S-VOL PAIR ASYNC      0   5a6 -",
                "CG_MAN02        CG_MAN02_01 R   CL1-A-3  0    2 410673   5a6 P-VOL PAIR ASYNC      1   6a6 -",
            ])
    }

    @Test("3.4: -fcd -CLI")
    func commandLineWithFiles() {
        var local = row(
            "vg_test", "9000", .local, ("", "", ""), "541783", "36864", "P-VOL", pair("PAIR", "NEVER", "100", "36864"))
        var remote = row(
            "vg_test", "9000", .remote, ("", "", ""), "541782", "36864", "S-VOL", pair("PAIR", "NEVER", "100", "36864"))
        local.deviceFile = "sdb"
        remote.deviceFile = "sdb"
        #expect(
            screen(file: true, commandLine: true).lines([local, remote]) == [
                "Group   PairVol L/R  Device_File     Seq# LDEV# P/S Status Fence    % P-LDEV# M",
                "vg_test 9000 L       sdb            541783 36864 P-VOL PAIR NEVER    100 36864 -",
                "vg_test 9000 R       sdb            541782 36864 S-VOL PAIR NEVER    100 36864 -",
            ])
    }

    @Test(
        "3.4: rows have as many fields as the header",
        arguments: ["-CLI", "-fc -CLI", "-fcd -CLI", "-fce -CLI", "-fcxde -CLI"])
    func fieldsMatchTheHeader(_ options: String) {
        for situation in Situation.all {
            let lines = run("pairdisplay -g oradb \(options)", in: situation.session(.async)).output
            let counts = Set(lines.map { $0.split(separator: " ").count })
            #expect(counts.count == 1, "\(situation.name): \(lines)")
        }
    }

    @Test(
        "3.7: the end of each row",
        arguments: [
            ("copy", FenceWord.never, "P-VOL COPY NEVER ,   37    19 -", "S-VOL COPY NEVER ,-----    18 -"),
            ("pair", .never, "P-VOL PAIR NEVER ,  100    19 -", "S-VOL PAIR NEVER ,  100    18 -"),
            ("split", .never, "P-VOL PSUS NEVER ,  100    19 -", "S-VOL SSUS NEVER ,  100    18 -"),
            ("split writable", .never, "P-VOL PSUS NEVER ,  100    19 W", "S-VOL SSUS NEVER ,  100    18 -"),
            ("link lost", .never, "P-VOL PSUE NEVER ,   99    19 -", "S-VOL PAIR NEVER ,  100    18 -"),
            ("taken over", .never, "P-VOL PSUS NEVER ,   99    19 W", "S-VOL SSWS NEVER ,   99    18 W"),
            ("pair", .async, "P-VOL PAIR ASYNC ,    1    19 -", "S-VOL PAIR ASYNC ,    0    18 -"),
        ])
    func situations(_ name: String, _ fence: FenceWord, _ primary: String, _ secondary: String) {
        let output = run("pairdisplay -g oradb -fc", in: Situation.named(name).session(fence)).output
        #expect(output.count == 3 && output[1].hasSuffix(primary) && output[2].hasSuffix(secondary), "\(output)")
    }

    @Test("3.9: raidqry -l")
    func query() {
        let information = InstanceInformation(
            instance: 0, host: "localhost", address: "", service: "", version: "01-35-03-08",
            arrays: [
                ArrayIdentity(serial: ArraySerial(471234), name: "a", microcode: "83-01-28/00", cacheMebibytes: 320_000)
            ], commandDevices: [], groups: [])
        #expect(
            QueryScreen.hosts(information, group: "---") == [
                "  No  Group    Hostname     HORCM_ver   Uid   Serial#   Micro_ver     Cache(MB)",
                "   1    ---   localhost   01-35-03-08     0   471234    83-01-28/00      320000",
            ])
    }

    @Test("3.5: the tail of a newer level")
    func extendedTail() {
        var first = pair("PAIR", "NEVER", "100", "6001")
        first.activePaths = "4"
        first.copyPace = "3"
        var screen = screen()
        screen.isExtended = true
        let line = screen.lines([row("G", "V", .local, ("CL1-A", "0", "0"), "1", "2", "P-VOL", first)])[1]
        // The sample is of a global-active pair: its R/W is B/B, and its paths belong to both directions.
        let sample = " -   -   0  4  -            -       - B/B -  D  N D   3 -         - -      -               - -"
        #expect(line.hasSuffix(" -/- -  D  N D   3 -         - -      -               - -"), "\(line)")
        #expect(sample.hasSuffix(" B/B" + line.suffix(53)), "\(line)")
    }

    @Test("3.8: -v jnl")
    func journals() {
        func group(
            _ number: UInt8, _ status: PairStatus, _ paths: UInt8, high: Bool = false, marker: UInt64, waiting: UInt64
        )
            -> GroupSnapshot
        {
            GroupSnapshot(
                number: number, id: GroupIdentifier(1), role: .primary, mode: .asynchronous, status: status,
                pairCount: 1, remoteSerial: ArraySerial(1), activePaths: paths, isAboveHighWater: high,
                marker: SequenceNumber(marker), waiting: waiting)
        }
        func row(
            _ number: UInt8, _ group: GroupSnapshot?, used: UInt8, count: UInt16, first: UInt16
        ) -> JournalScreen.Row {
            let ldevs = (0..<count).map { LDEVNumber(first + $0) }
            let journal = JournalSnapshot(
                number: number, ldevs: ldevs, byteCount: 512_345 * 512, group: group, usedPercent: used)
            return JournalScreen.Row(journal, in: ArraySerial(62500))
        }
        let normal = group(1, .paired, 4, marker: 0x4321_6FDE, waiting: 30)
        let high = group(2, .paired, 4, high: true, marker: 0x3459_FD43, waiting: 52000)
        let split = group(3, .suspended(.byOperator), 4, marker: 1, waiting: 1)
        let full = group(4, .suspended(.sideFileFull), 4, marker: 0x1234_F432, waiting: 78)
        let failed = group(5, .suspended(.byFault), 0, marker: 1, waiting: 1)
        let rows: [JournalScreen.Row] = [
            row(1, normal, used: 21, count: 2, first: 265), row(2, high, used: 95, count: 3, first: 270),
            row(3, split, used: 0, count: 1, first: 275), row(4, full, used: 45, count: 1, first: 276),
            row(5, failed, used: 0, count: 1, first: 277), row(6, nil, used: 0, count: 1, first: 278),
        ]
        // The sample's MU column counts mirrors; the bench's journals have mirror 0.
        #expect(
            JournalScreen.table.lines(rows) == [
                "JID MU CTG JNLS AP U(%)   Q-Marker   Q-CNT  D-SZ(BLK)  Seq#  Num LDEV#",
                "001  0   1 PJNN  4   21   43216fde      30     512345  62500   2   265",
                "002  0   2 PJNF  4   95   3459fd43   52000     512345  62500   3   270",
                "003  0   3 PJSN  4    0          -       -     512345  62500   1   275",
                "004  0   4 PJSF  4   45   1234f432      78     512345  62500   1   276",
                "005  0   5 PJSE  0    0          -       -     512345  62500   1   277",
                "006  -   - SMPL  -    -          -       -     512345  62500   1   278",
            ])
    }

    @Test("3.10: a logical unit's world-wide name")
    func worldWideName() {
        #expect(WorldWideName.ofUnit(ArraySerial(0x1AD9C), LDEVNumber(397)) == "60060e8008ad9c000050ad9c0000018d")
    }

    @Test("2.5: pairvolchk's sentences")
    func volumeCheck() {
        let pair = Situation.named("pair")
        #expect(
            run("pairvolchk -g oradb", in: pair.session(.async)).output
                == ["pairvolchk : Volstat is P-VOL.[status = PAIR fence = ASYNC CTGID = 2 MINAP = 1]"])
        #expect(
            run("pairvolchk -g oradb", in: pair.session(.data)).output
                == ["pairvolchk : Volstat is P-VOL.[status = PAIR fence = DATA  MINAP = 1]"])
    }

    @Test("5.7: paircurchk's listing")
    func currency() {
        let lines = run("paircurchk -g oradb", in: Situation.named("pair").session(.never, from: .secondary)).output
        #expect(
            lines == [
                "Group  Pair vol       Port  targ# lun# LDEV#...Volstat Status Fence  To be..",
                "oradb  oradev1        CL1-D   1    0     19...S-VOL   PAIR   NEVER  Analyzed",
            ])
    }
}
