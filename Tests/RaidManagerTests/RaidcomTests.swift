// What does each sub-command of raidcom print, who may do what, and how does it say that a command line is wrong?

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct RaidcomTests {
    /// Array 30053 with two paired volumes and a journal, two groups of resources, and groups of volumes.
    private func session(_ situation: String = "pair") -> FakeSession {
        let session = Situation.named(situation).session(.async, volumes: 2)
        session.local.state.withLock { state in
            var journal = state.volumes[0]
            journal.ldev = LDEVNumber(265)
            journal.pair = nil
            journal.isJournal = true
            state.volumes.append(journal)
            state.remoteArrays = [
                RemoteArraySnapshot(serial: ArraySerial(30054), linkName: "east-west", pathCount: 1, activePaths: 1),
                RemoteArraySnapshot(serial: ArraySerial(30055), linkName: "east-far", pathCount: 2, activePaths: 1),
            ]
            state.journals = [JournalSnapshot(number: 3, ldevs: [LDEVNumber(265)], byteCount: 1 << 30)]
            state.plan = AdministrationPlan(
                users: [.standard, AdministrationUser(name: "ops", password: "secret1")],
                resources: [.init(name: "prod", ldevs: [LDEVNumber(20)])],
                deviceGroups: [
                    DeviceGroup(
                        name: "oradbP",
                        members: [
                            .init(name: "oradev1", ldev: LDEVNumber(18)), .init(name: "oradev2", ldev: LDEVNumber(20)),
                        ])
                ],
                copyGroups: [
                    CopyGroup(name: "oradb", deviceGroup: "oradbP"),
                    CopyGroup(name: "copies", deviceGroup: "copiesS", mirror: 1, journal: 3),
                ])
        }
        return session
    }

    /// One who has logged in already.
    private func loggedIn(_ situation: String = "pair") -> FakeSession {
        let session = session(situation)
        #expect(run("raidcom -login maintenance raid-maintenance", in: session).text == "exit 0")
        return session
    }

    private func sheet(_ lines: [String], in session: FakeSession) -> String {
        lines.map { "$ \($0)\n\(run($0, in: session).text)" }.joined(separator: "\n\n")
    }

    // MARK: Screens

    @Test func everySubCommandHasItsScreen() {
        let lines = [
            "raidcom get resource", "raidcom get resource -key opt", "raidcom get copy_grp",
            "raidcom get copy_grp -copy_grp_name copies", "raidcom get device_grp",
            "raidcom get device_grp -device_grp_name oradbP -fx", "raidcom get device_grp -device_grp_name other",
            "raidcom get journal", "raidcom get port", "raidcom get port -port cl1-a",
            "raidcom get journal -journal_id 3",
            "raidcom get rcu", "raidcom get rcu -cu_free 30054 R800 0", "raidcom get path",
            "raidcom get command_status", "raidcom reset command_status",
        ]
        Golden.check("raidcom/screens", source: "sections 2.16 and 3.8", sheet(lines, in: loggedIn()))
    }

    @Test func everyKindOfLDEVHasItsLines() {
        let session = loggedIn()
        session.local.state.withLock { $0.volumes[1].path.port = "CL2-B-11" }
        let lines = [
            "raidcom get ldev -ldev_id 18", "raidcom get ldev -ldev_id 0x14 -fx", "raidcom get ldev -ldev_id 01:09",
            "raidcom get ldev -ldev_id 00:7F:00 -fx", "raidcom get ldev -ldev_id 17-18",
            "raidcom get ldev -ldev_id 18 -cnt 2",
            "raidcom get ldev -ldev_id 17 -cnt 4 -key front_end",
            "raidcom get ldev -ldev_list defined -key front_end -fx",
            "raidcom get ldev -ldev_list mapped -key front_end", "raidcom get ldev -ldev_list journal -key front_end",
            "raidcom get ldev -ldev_list undefined -cnt 1", "raidcom modify ldev -ldev_id 18 -ldev_name data_1",
            "raidcom get ldev -ldev_id 18",
        ]
        Golden.check("raidcom/ldev", source: "section 2.16", sheet(lines, in: session))
    }

    /// Each in a session of its own: a line that another must log in for would try nothing.
    @Test func theMatrixReachesTheArray() {
        for line in Raidcom.card.matrix {
            var words = line.line
            for (name, value) in [("serial", "30053"), ("ldev", "18"), ("group", "oradb"), ("volume", "oradev1")] {
                words = words.split(separator: "{\(name)}", omittingEmptySubsequences: false).joined(separator: value)
            }
            let outcome = run(words, in: session())
            let isUnknown = words.contains("nobody")
            let isMissing = ["-path_grp", "-journal_id 0", "status -request_id 1", "-device_grp_name oradbS", "delete"]
                .contains { words.contains($0) }
            #expect(outcome.status == (isUnknown ? 202 : isMissing ? 205 : 0), "\(words): \(outcome.text)")
        }
    }

    @Test("2.16: the pasted rows of get port and of get command_status -request_id")
    func thePastedRowsOfPortsAndRequests() {
        let port = PortSnapshot(name: "CL1-A", wwn: 0x5006_0E80_132E_D300, loopAddress: 0xEF, hostGroups: [0])
        let lines = PortScreen.table.lines([PortRow(port: port, serial: ArraySerial(211_987))])
        // Pasted of an array on a loop: FAB, CONN and SSW are N, FCAL and N there.
        #expect(
            lines == [
                "PORT   TYPE  ATTR   SPD  LPID  FAB  CONN  SSW   SL   Serial#  WWN               PHY_PORT",
                "CL1-A  FIBRE TAR    AUT    EF  Y    PtoP  Y      0    211987  50060e80132ed300  -",
            ])
        let request = RequestStatusRow(
            status: RequestStatus(number: 0x19, ldev: LDEVNumber(10011)), serial: ArraySerial(358_149))
        #expect(
            CommandStatusScreen.requests.lines([request]) == [
                "REQID    R SSB1    SSB2    Serial#      ID  Description",
                "00000019 -    -       -     358149   10011  -",
            ])
    }

    @Test("CIN, HIR: groups as clients make and take them, line by line")
    func groupsAreChanged() {
        let lines = [
            "raidcom get device_grp -device_grp_name cinderP",
            "raidcom add device_grp -device_grp_name cinderP ldev-18-20 -ldev_id 18",
            "raidcom add device_grp -device_grp_name cinderS ldev-18-20 -ldev_id 0x14",
            "raidcom get device_grp -device_grp_name cinderS", "raidcom get device_grp",
            "raidcom add copy_grp -copy_grp_name cinder cinderP cinderS -mirror_id 1",
            "raidcom add copy_grp -copy_grp_name remote -device_grp_name cinderP -journal_id 3", "raidcom get copy_grp",
            "raidcom delete copy_grp -copy_grp_name remote -device_grp_name cinderP",
            "raidcom delete device_grp -device_grp_name cinderP -ldev_id 18",
            "raidcom delete device_grp -device_grp_name cinderS ldev-18-20 -ldev_id 20", "raidcom get device_grp",
            "raidcom delete copy_grp -copy_grp_name cinder", "raidcom get copy_grp",
        ]
        Golden.check("raidcom/groups", source: "section 2.16", sheet(lines, in: loggedIn()))
    }

    @Test func aRequestIsToldByItsNumber() {
        let lines = [
            "raidcom modify ldev -ldev_id 18 -ldev_name one -request_id auto",
            "raidcom modify ldev -ldev_id 0x7f00 -ldev_name two -request_id auto",
            "raidcom get command_status -request_id 1", "raidcom get command_status -request_id 0x2",
            "raidcom get command_status", "raidcom reset command_status -request_id 2",
            "raidcom get command_status -request_id 00000002", "raidcom reset command_status -request_id all",
            "raidcom get command_status -request_id 1",
        ]
        Golden.check("raidcom/requests", source: "section 2.16", sheet(lines, in: loggedIn()))
    }

    @Test("2.16: the pasted rows of get resource and of get command_status")
    func thePastedRows() {
        let row = ResourceRow(
            resource: ResourceSnapshot(name: "meta_resource", number: 0), serial: ArraySerial(540_683))
        #expect(
            ResourceScreen.locks.lines([row]) == [
                "RS_GROUP            RGID   stat      Lock_owner     Lock_host      Serial#",
                "meta_resource          0   Unlocked  -              -               540683",
            ])
        let status = CommandStatusRow(status: CommandStatus(handle: 0xC3), serial: ArraySerial(64568))
        #expect(
            CommandStatusScreen.table.lines([status]) == [
                "HANDLE   SSB1    SSB2    ERR_CNT        Serial#     Description",
                "00c3        -       -          0          64568     -",
            ])
    }

    @Test("CIN: what its regular expressions take from get ldev")
    func clientsFindTheirValues() throws {
        let session = loggedIn()
        let block = run("raidcom get ldev -ldev_id 18", in: session).output.joined(separator: "\n")
        #expect(try block.firstMatch(of: Regex("(?m)^LDEV +: +(\\d+)"))?[1].substring == "18")
        #expect(try block.firstMatch(of: Regex("(?m)^VOL_TYPE +: +(.+)$"))?[1].substring == "OPEN-V-CVS")
        #expect(try block.firstMatch(of: Regex("(?m)^NUM_PORT +: +(\\d+)"))?[1].substring == "1")
        #expect(try block.firstMatch(of: Regex("(?m)^PORTs +: +(.+)$"))?[1].substring == "CL1-A-0 0 1A-G00")
        #expect(try block.firstMatch(of: Regex("(?m)^STS +: +(.+)"))?[1].substring == "NML")
        let rows = run("raidcom get ldev -ldev_id 17 -cnt 3 -key front_end", in: session).output
            .joined(separator: "\n")
        let free = try Regex("(?m)^ +\\d+ +(\\d+) +- +- +NOT +DEFINED")
        #expect(rows.firstMatch(of: free)?[1].substring == "17")
    }

    // MARK: Who

    @Test func nobodyIsServedWhoIsNotKnown() {
        let session = session()
        let lines = [
            "raidcom get resource", "raidcom lock resource", "raidcom -login maintenance wrong-password",
            "raidcom -login nobody raid-maintenance", "raidcom -login", "raidcom get ldev -ldev_id 18",
            "raidcom -logout",
            "raidcom get resource -login ops secret1", "raidcom get command_status", "raidcom -logout",
            "raidcom get command_status",
        ]
        Golden.check("raidcom/sessions", source: "sections 2.1 and 2.16", sheet(lines, in: session))
    }

    @Test func twoLinesOfStandardInputLogIn() {
        let session = session()
        session.theMachine.input = ["ops", "secret1", "left"]
        #expect(run("raidcom -login", in: session).text == "exit 0")
        #expect(session.theMachine.input == ["left"])
        #expect(run("raidcom get command_status", in: session).status == 0)
        #expect(run("raidcom -logout", in: session).text == "exit 0")
        session.theMachine.input = ["ops", "wrong"]
        #expect(run("raidcom get resource", in: session).status == 202)
        session.theMachine.input = ["ops", "secret1"]
        #expect(run("raidcom get resource", in: session).output.count == 3)
    }

    @Test func twoClientsFightForALock() {
        let session = loggedIn()
        var blocks = [sheet(["raidcom lock resource -resource_name prod", "raidcom get resource"], in: session)]
        session.theMachine.client = AdministrationClient(host: "other", account: 0)
        blocks.append(
            sheet(
                [
                    "raidcom -login ops secret1", "raidcom lock resource -resource_name prod",
                    "raidcom lock resource -resource_name prod -time 3", "raidcom lock resource",
                    "raidcom unlock resource -resource_name prod", "raidcom modify ldev -ldev_id 20 -ldev_name x",
                    "raidcom modify ldev -ldev_id 18 -ldev_name mine",
                    "raidcom lock resource -resource_name meta_resource",
                    "raidcom get resource", "raidcom lock resource -resource_name nothing",
                ], in: session))
        session.theMachine.client = AdministrationClient(host: "host", account: 0)
        blocks.append(sheet(["raidcom -logout", "raidcom -login maintenance raid-maintenance"], in: session))
        session.theMachine.client = AdministrationClient(host: "other", account: 0)
        blocks.append(sheet(["raidcom lock resource -resource_name prod", "raidcom get resource"], in: session))
        Golden.check(
            "raidcom/locks", source: "sections 2.1 and 2.16", blocks.joined(separator: "\n\n-- another --\n\n"))
    }

    @Test func aLockIsWaitedForAsLongAsItWasSaid() {
        let session = loggedIn()
        #expect(run("raidcom lock resource -resource_name prod", in: session).status == 0)
        let holder = session.theMachine.client
        session.theMachine.client = AdministrationClient(host: "other", account: 7)
        #expect(run("raidcom -login ops secret1", in: session).status == 0)
        let before = session.now
        #expect(run("raidcom lock resource -resource_name prod -time 5", in: session).status == 221)
        #expect(session.now == before + .seconds(5))
        session.onSleep = { _ in
            session.local.state.withLock { _ = $0.desk.unlock("prod", holder) }
        }
        #expect(run("raidcom lock resource -resource_name prod -time 60", in: session).status == 0)
        #expect(session.now == before + .seconds(6))
    }

    @Test func whatGoesWrongLaterIsInTheCommandStatus() {
        let lines = [
            "raidcom modify ldev -ldev_id 0x7f00 -ldev_name x", "raidcom get command_status",
            "raidcom modify ldev -ldev_id 0x7f01 -ldev_name x", "raidcom get command_status -ldev_id 0001",
            "raidcom reset command_status", "raidcom get command_status",
        ]
        Golden.check("raidcom/command_status", source: "sections 2.1, 2.16 and 7", sheet(lines, in: loggedIn()))
    }

    // MARK: What is wrong

    @Test func whatIsWrongIsSaidBeforeTheError() {
        let lines = [
            "raidcom", "raidcom get", "raidcom get nothing", "raidcom take ldev", "raidcom get resource -wrong",
            "raidcom get resource -[x]",
            "raidcom get resource -", "raidcom get resource --", "raidcom get resource -key other",
            "raidcom get resource word", "raidcom -wrong", "raidcom -s", "raidcom get ldev",
            "raidcom get ldev -ldev_id",
            "raidcom get ldev -ldev_id 18 -ldev_list mapped", "raidcom get ldev -ldev_id eighteen",
            "raidcom get ldev -ldev_id 70000", "raidcom get ldev -ldev_id FF:00", "raidcom get ldev -ldev_id 18 -cnt 0",
            "raidcom get ldev -ldev_id 0xfe00 -cnt 1000", "raidcom get ldev -ldev_list other",
            "raidcom lock resource -time soon", "raidcom modify ldev -ldev_id 18",
            "raidcom modify ldev -ldev_id 18 -ldev_name \(String(repeating: "x", count: 33))",
            "raidcom get resource -s 1", "raidcom get rcu -cu_free 30054 R800",
            "raidcom get rcu -cu_free 9 R800 0", "raidcom get path -path_grp 1", "raidcom get journal -journal_id 9",
            "raidcom get copy_grp -copy_grp_name other", "raidcom get port -port CL9-Z", "raidcom get port -port CL-1",
            "raidcom get command_status -request_id 9", "raidcom get command_status -request_id x",
            "raidcom reset command_status -request_id 9", "raidcom modify ldev -ldev_id 18 -ldev_name x -request_id 1",
            "raidcom add device_grp -device_grp_name more", "raidcom add device_grp -device_grp_name more x",
            "raidcom add device_grp -device_grp_name more \(String(repeating: "x", count: 32)) -ldev_id 18",
            "raidcom add device_grp -device_grp_name oradbP oradev1 -ldev_id 30",
            "raidcom delete device_grp -device_grp_name oradbP", "raidcom delete device_grp -device_grp_name more x",
            "raidcom delete device_grp -device_grp_name oradbP -ldev_id 30", "raidcom add copy_grp -copy_grp_name more",
            "raidcom add copy_grp -copy_grp_name more other", "raidcom add copy_grp -copy_grp_name oradb oradbP",
            "raidcom add copy_grp -copy_grp_name more oradbP -mirror_id 4",
            "raidcom delete copy_grp -copy_grp_name other", "raidcom delete copy_grp",
        ]
        let session = loggedIn()
        Golden.check("raidcom/refused", source: "sections 2.1 and 4.6", sheet(lines, in: session))
        for line in lines {
            let outcome = run(line, in: session)
            let tokens = outcome.errors.joined(separator: "\n").matches(of: /\[(.*?)\]/).map { String($0.1) }
            let error = HorcmError.allCases.first { $0.name == tokens.first }
            #expect(tokens.count == 1 && error?.exitStatus == outcome.status, "\(line): \(outcome.text)")
        }
    }

    @Test func aConditionIsWaitedFor() {
        let session = loggedIn()
        let failed = Outcome(
            status: 1, output: [], errors: ["raidcom: testing condition has failed with exit(1)."])
        #expect(run("raidcom get ldev -ldev_id 18 -check_status NML", in: session).text == "exit 0")
        #expect(run("raidcom get ldev -ldev_id 18 -check_status NOT DEFINED", in: session) == failed)
        #expect(run("raidcom get ldev -ldev_id 19 -check_status NOT DEFINED", in: session).text == "exit 0")
        let before = session.now
        #expect(run("raidcom get ldev -ldev_id 18-20 -check_status NML -time 4", in: session) == failed)
        #expect(session.now == before + .seconds(4))
        session.onSleep = { _ in session.local.state.withLock { $0.volumes.removeAll { $0.ldev == LDEVNumber(18) } } }
        #expect(
            run("raidcom get ldev -ldev_id 18 -check_status NOT DEFINED -time 9", in: session).text == "exit 0")
    }

    // MARK: Log, help

    @Test func syslogGetsTheLinesWithoutTheName() {
        let call = CommandLog.Call(
            ["-login", "ops", "secret1"], CommandOutcome(status: 0), mode: .horc, user: "root", userNumber: 0,
            process: 64, CommandLog.Stamp(long: "Fri Aug 24 12:24:36 2012", clock: "12:24:36", microseconds: 0))
        #expect(
            Raidcom.systemLogLines(call) == [
                "PID:00064 COMMAND NORMAL : EUserID for HORC : root(0) Fri Aug 24 12:24:36 2012",
                "PID:00064 CMDLINE : raidcom -login ops ******", "PID:00064 [raidcom] [exit(0)]",
            ])
        #expect(Raidcom.logEntry(call) == Raidcom.systemLogLines(call).map { "raidcom: \($0)\n" }.joined() + "\n")
        #expect(PairDisplay.systemLogLines(call).isEmpty)
    }

    @Test("7: the pasted lines")
    func theLogIsThatOfSyslog() {
        let stamp = CommandLog.Stamp(long: "Fri Aug 24 12:24:36 2012", clock: "12:24:36", microseconds: 0)
        func entry(_ line: String, _ outcome: CommandOutcome) -> [String] {
            let arguments = line.split(separator: " ").dropFirst().map(String.init)
            return Raidcom.logEntry(
                CommandLog.Call(
                    arguments, outcome, mode: .horc, user: "root", userNumber: 0, process: 6864, stamp)
            ).split(separator: "\n").map(String.init)
        }
        #expect(
            entry("raidcom get command_status -ldev_id 0001", CommandOutcome(status: 0)) == [
                "raidcom: PID:06864 COMMAND NORMAL : EUserID for HORC : root(0) Fri Aug 24 12:24:36 2012",
                "raidcom: PID:06864 CMDLINE : raidcom get command_status -ldev_id 0001",
                "raidcom: PID:06864 [raidcom] [exit(0)]",
            ])
        let failure = HorcmFailure(.unknownWord, "Arguments of an option is incorrect '-x'")
        #expect(
            entry("raidcom -login ops secret1 get ldev -x", CommandOutcome(status: 252, failure: failure)) == [
                "raidcom: PID:06864 COMMAND ERROR : EUserID for HORC : root(0) Fri Aug 24 12:24:36 2012",
                "raidcom: PID:06864 CMDLINE : raidcom -login ops ****** get ldev -x",
                "raidcom: PID:06864 [raidcom] Arguments of an option is incorrect '-x'",
                "raidcom: PID:06864 [raidcom] [EW_UNWOPT] Unknown option", "raidcom: PID:06864 [raidcom] [exit(252)]",
            ])
    }

    @Test func helpListsEverySubCommand() {
        let session = session()
        Golden.check("raidcom/help", source: "sections 2.1 and 2.16", sheet(["raidcom -h"], in: session))
        let help = run("raidcom -h", in: session).output
        for action in Raidcom.card.actions {
            #expect(help.contains { $0.hasPrefix(" \(action.words) ") }, "\(action.words)")
            for line in action.usage(column: Raidcom.helpColumn) { #expect(help.contains(line)) }
        }
    }
}
