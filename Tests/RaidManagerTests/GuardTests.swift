// Do the guard commands set what their types mean, show it as the reference does, and tell what stands against it?

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct Guards {
    private func session() -> FakeSession {
        let session = Situation.named("pair").session(.async, volumes: 2)
        let group = GroupSnapshot(
            number: 2, id: GroupIdentifier(1), role: .primary, mode: .asynchronous, status: .paired, pairCount: 2,
            remoteSerial: ArraySerial(30054), activePaths: 1, sideFilePercent: 12, sideFileBytes: 1 << 26,
            marker: SequenceNumber(0x0034_08EF), waiting: 30,
            timers: GroupTimers(sideFileSeconds: 90, copyPendingMinutes: 5, remoteReadyMinutes: 5))
        var suspended = group
        suspended.number = 12
        suspended.role = .secondary
        suspended.status = .suspended(.byFault)
        suspended.timers.sideFileSeconds = 0
        let groups = [group, suspended]
        session.local.state.withLock { $0.groups = groups }
        return session
    }

    @Test(
        arguments: [
            ("inv", [.inquiry, .capacity, .read, .write]), ("sz0", [.capacity, .read, .write]),
            ("rwd", [.read, .write]), ("wtd", [.write]), ("svd", [.secondary]), ("wtd svd", [.write, .secondary]),
            ("", []),
        ] as [(String, GuardFlags)])
    func everyTypeHasItsFlags(_ type: String, _ flags: GuardFlags) {
        let session = session()
        #expect(run("raidvchkset -g oradb -vg \(type)", in: session).text == "exit 0")
        let guards = session.local.state.withLock { $0.guards }
        #expect(guards.count == 2 && guards.values.allSatisfy { $0.flags == flags && $0.retentionDays == 0 })
        #expect(session.remote.state.withLock { $0.guards.isEmpty })
    }

    @Test("2.15: the pasted row")
    func thePastedRow() {
        var volume = Situation.named("simplex").volume(.primary, 0, .async)
        volume.ldev = LDEVNumber(102)
        volume.path = VolumePath(port: "CL1-A-11", target: 0, lun: 0)
        let session = FakeSession(FakeArray(612_239, [volume]), FakeArray(2, []), ["HUR1"])
        let row = run("raidvchkdsp -g oradb -v gflag", in: session).output.last ?? ""
        let pasted = "HUR     HUR1     CL1-A-11  0    0 612239   102  E E E E E   E E E E E       0"
        #expect(row.dropFirst(8) == pasted.dropFirst(8) && row.hasPrefix("oradb   "))
    }

    @Test func guardsHaveTheirScreens() {
        var blocks: [String] = []
        for (set, lines) in [
            ("", ["raidvchkdsp -g oradb -v gflag", "raidvchkscan -v gflag -p CL1-A"]),
            (
                "raidvchkset -g oradb -vg rwd svd",
                ["raidvchkdsp -g oradb -v gflag -fx", "raidvchkscan -v gflag -p CL1-A -fx -l 1"]
            ),
            (
                "raidvchkset -d oradev1 -vg inv 365",
                [
                    "raidvchkdsp -g oradb -v gflag", "raidvchkset -g oradb -vg", "raidvchkdsp -g oradb -v gflag",
                    "raidvchkscan -v gflag -p CL1-A -t 1",
                ]
            ),
        ] {
            let session = session()
            let all = (set.isEmpty ? [] : [set]) + lines
            blocks += all.map { "$ \($0)\n\(run($0, in: session).text)" }
        }
        Golden.check("raidvchk/guards", source: "sections 2.15 and 4.6", blocks.joined(separator: "\n\n"))
    }

    @Test func journalsAndGroupsHaveTheirScreens() {
        let session = session()
        let group = session.local.state.withLock { $0.groups[0] }
        let journals = [
            JournalSnapshot(
                number: 1, ldevs: [LDEVNumber(265), LDEVNumber(266)], byteCount: 512_345 * 512, group: group,
                usedPercent: 21),
            JournalSnapshot(number: 6, ldevs: [LDEVNumber(278)], byteCount: 512_345 * 512),
        ]
        let empty = run("raidvchkscan -v jnl", in: session)
        #expect(empty.output.count == 1 && empty.status == 0)
        session.local.state.withLock { $0.journals = journals }
        let lines = ["raidvchkscan -v jnl", "raidvchkscan -v jnl 0", "raidvchkscan -v ctg", "raidvchkscan -v ctg -u 0"]
        Golden.check(
            "raidvchk/journals", source: "section 3.8",
            lines.map { "$ \($0)\n\(run($0, in: session).text)" }.joined(separator: "\n\n"))
        let row = run("raidvchkscan -v jnl", in: session).output[1].split(separator: " ")
        #expect(row.count == 12 && row[2] == "2" && row[3] == "PJNN" && row[5] == "21")
    }

    @Test func whatCannotBeDoneIsRefused() {
        let lines = [
            "raidvchkset -g oradb", "raidvchkset -vg wtd", "raidvchkset -g oradb -vt redo8",
            "raidvchkset -g oradb -vs 2",
            "raidvchkset -g oradb -vg other", "raidvchkset -g other -vg", "raidvchkdsp -g oradb",
            "raidvchkdsp -g oradb -v cflag", "raidvchkscan", "raidvchkscan -v gflag", "raidvchkscan -v other",
            "raidvchkscan -v jnl 7", "raidvchkscan -v ctg -s 1",
        ]
        Golden.check(
            "raidvchk/refused", source: "sections 2.15 and 4.6",
            lines.map { "$ \($0)\n\(run($0, in: session()).text)" }.joined(separator: "\n\n"))
    }
}
