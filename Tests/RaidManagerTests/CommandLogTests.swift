// Is what is to be logged logged, and in which shape?

import RaidManager
import Testing

@Suite struct CommandLogTests {
    private let stamp = CommandLog.Stamp(long: "Thu Nov 17 18:48:02 2005", clock: "18:48:02", microseconds: 258_000)

    private func outcome(_ status: Int32, _ failure: HorcmError? = nil) -> CommandOutcome {
        CommandOutcome(status: status, failure: failure.map { HorcmFailure($0) })
    }

    @Test func withoutASizeOnlyFailuresAreLogged() {
        let log = CommandLog(kilobytesMaximum: nil, settings: nil)
        #expect(!log.records("pairvolchk", outcome(23)))
        #expect(log.records("pairsplit", outcome(242, .noRemoteHost)))
        #expect(!log.mustTurnOver(bytes: 1 << 30))
    }

    @Test func withASizeAllButTheMaskedExitsAre() {
        let settings =
            "# the monitor's\nHORCC_LOGSZ=2048\n pairvolchk = 22 # it asks often\npairvolchk=43\nraidqry=0\ninqraid=0\nnonsense\n"
        let log = CommandLog(kilobytesMaximum: nil, settings: settings)
        #expect(log.kilobytesMaximum == 2048)
        let logged = [("pairvolchk", 22), ("pairvolchk", 43), ("pairvolchk", 23), ("raidqry", 0), ("pairdisplay", 0)]
            .map { log.records($0.0, outcome(Int32($0.1))) }
        #expect(logged == [false, false, true, false, true])
        // Masks do not count for inqraid, nor for errors.
        #expect(log.records("inqraid", outcome(0)))
        #expect(log.records("raidqry", outcome(0, .notAttached)))
        #expect(!log.mustTurnOver(bytes: 2_097_151) && log.mustTurnOver(bytes: 2_097_152))
    }

    @Test func theEnvironmentGoesBeforeTheFile() {
        #expect(CommandLog(kilobytesMaximum: 5, settings: "HORCC_LOGSZ=9\n").kilobytesMaximum == 5)
        #expect(CommandLog(kilobytesMaximum: 0, settings: "HORCC_LOGSZ=9\n").kilobytesMaximum == 0)
        #expect(CommandLog(kilobytesMaximum: nil, settings: "HORCC_LOGSZ=many\n").kilobytesMaximum == 0)
        #expect(InstanceEnvironment(["HORCC_LOGSZ": "7"]).commandLogKilobytes == 7)
        #expect(InstanceEnvironment([:]).commandLogKilobytes == nil)
    }

    @Test func entriesHaveTheirShape() {
        func entry(_ command: String, _ outcome: CommandOutcome, _ mode: CopyMode) -> String {
            CommandLog.entry(
                command,
                CommandLog.Call(
                    ["-g", "G1"], outcome, mode: mode, user: "root", userNumber: 0, process: 5213, stamp))
        }
        #expect(
            entry("pairvolchk", outcome(32), .mrcf) == """
                COMMAND NORMAL : EUserId for MRCF : root (0) Thu Nov 17 18:48:02 2005
                CMDLINE : pairvolchk -g G1
                18:48:02-3efd0-05213- [pairvolchk][exit(32)]


                """)
        #expect(
            entry("pairsplit", outcome(242, .noRemoteHost), .horc) == """
                COMMAND ERROR : EUserId for HORC : root (0) Thu Nov 17 18:48:02 2005
                CMDLINE : pairsplit -g G1
                18:48:02-3efd0-05213- ERROR:cm_sndrcv[rc < 0 from HORCM]
                [pairsplit][exit(242)]
                [EX_ENORMT] \(HorcmError.noRemoteHost.message)
                [Cause] \(HorcmError.noRemoteHost.message)
                [Action] \(HorcmError.noRemoteHost.remedy)


                """)
    }

    @Test func aLogThatIsShownIsNotReferredTo() {
        let session = Situation.named("pair").session(.never)
        let referred = run("pairdisplay -g nogroup", in: session)
        #expect(referred.errors.last == "Refer to the command log(/HORCM/log0/horcc_host.log) for details.")
        let shown = run(
            "pairdisplay -g nogroup", in: session, values: ["HORCMINST": "0", "HORCC_LOG": "STDERROUT"])
        #expect(shown.errors == ["pairdisplay: [EX_ENOENT] No such device or group"])
    }
}
