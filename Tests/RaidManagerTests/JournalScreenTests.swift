// What do the commands show of a journal in each of its states, and with what do they refuse a pair of journals?

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct JournalScreens {
    private func group(
        _ role: Role, _ status: PairStatus, isFull: Bool = false, paths: UInt8 = 1, waiting: UInt64 = 0,
        isHeld: Bool = false
    ) -> GroupSnapshot {
        GroupSnapshot(
            number: 3, id: GroupIdentifier(7), role: role, mode: .asynchronous, status: status, pairCount: 2,
            remoteSerial: ArraySerial(30054), activePaths: paths, isAboveHighWater: isFull,
            marker: SequenceNumber(0x1_0000_8F00), waiting: waiting, journal: 1,
            timers: GroupTimers(sideFileSeconds: 60, copyPendingMinutes: 5, remoteReadyMinutes: 5), isHeld: isHeld)
    }

    private func states(_ role: Role) -> [JournalSnapshot] {
        let groups: [(GroupSnapshot?, UInt8)] = [
            (nil, 0), (group(role, .copying, waiting: 12), 2), (group(role, .paired), 0),
            (group(role, .paired, waiting: 30), 21), (group(role, .paired, paths: 0, waiting: 700), 55),
            (group(role, .paired, isFull: true, waiting: 52_000), 95), (group(role, .suspended(.byOperator)), 0),
            (group(role, .suspended(.sideFileFull)), 0), (group(role, .suspended(.byFault), paths: 0), 0),
        ]
        let takenOver = role == .secondary ? [(group(role, .takenOver, paths: 0), UInt8(0))] : []
        let held: [(GroupSnapshot?, UInt8)] = [
            (group(role, .suspended(.byOperator), isHeld: true), 0),
            (group(role, .suspended(.byFault), paths: 0, isHeld: true), 0), (group(role, .paired, isHeld: true), 0),
        ]
        return (groups + takenOver + held).enumerated().map { index, state in
            JournalSnapshot(
                number: UInt8(index * 21), ldevs: (0..<1 + index % 3).map { LDEVNumber(UInt16(0xF0 + 4 * index + $0)) },
                byteCount: 256 << 20, group: state.0, usedPercent: state.1)
        }
    }

    @Test func eachStateOfAJournalHasItsRow() {
        let session = Situation.named("pair").session(.async)
        session.local.state.withLock { $0.journals = states(.primary) }
        session.remote.state.withLock { $0.journals = states(.secondary) }
        let there = Situation.named("pair").session(.async, from: .secondary)
        there.local.state.withLock { $0.journals = states(.secondary) }
        Golden.check(
            "raidvchk/journal-states", source: "sections 3.8 and 6.2",
            "== at the primary\n$ raidvchkscan -v jnl\n\(run("raidvchkscan -v jnl", in: session).text)\n\n"
                + "== at the secondary\n$ raidvchkscan -v jnl\n\(run("raidvchkscan -v jnl", in: there).text)")
        let words = run("raidvchkscan -v jnl", in: session).output.dropFirst().map { $0.split(separator: " ")[3] }
        #expect(
            words == [
                "SMPL", "PJNN", "PJNN", "PJNN", "PJNN", "PJNF", "PJSN", "PJSF", "PJSE", "PJNS", "PJES", "PJNN",
            ])
    }

    @Test(arguments: [
        PairStatus.copying, .paired, .suspended(.byOperator), .suspended(.sideFileFull), .suspended(.byFault),
    ])
    func pairdisplayShowsTheJournalsOfBothSides(status: PairStatus) {
        let session = Situation.named("pair").session(.async)
        for (array, role, number) in [(session.local, Role.primary, 1), (session.remote, .secondary, 2)] {
            array.state.withLock { state in
                state.volumes[0].pair?.status = status
                state.volumes[0].pair?.journal = UInt8(number)
                state.volumes[0].pair?.remoteJournal = UInt8(3 - number)
                state.journals = [
                    JournalSnapshot(
                        number: UInt8(number), ldevs: [LDEVNumber(0xF0)], byteCount: 64 << 20,
                        group: group(role, status, waiting: 3), usedPercent: 1),
                    JournalSnapshot(number: 9, ldevs: [LDEVNumber(0xF9)], byteCount: 64 << 20),
                ]
            }
        }
        let lines = ["-v jnl", "-v jnlt", "-v jnl -l", "-fce -CLI"].map { options in
            "$ pairdisplay -g oradb \(options)\n" + run("pairdisplay -g oradb \(options)", in: session).text
        }
        Golden.check(
            "pairdisplay/journal-\(status.code)", source: "sections 3.5, 3.8 and 6.2", lines.joined(separator: "\n\n"))
    }

    /// Sections 2.2 and 4.6.
    @Test func whatIsWrongWithAPairOfJournalsIsSaid() {
        let session = Situation.named("simplex").session(.async)
        let expected: [(line: String, refusal: Refusal?, status: Int32)] = [
            ("-f async -jp 1 -js 2", nil, 0), ("-f async -jp 1 -js 2", .journalMissing, 205),
            ("-f async -jp 1 -js 2", .journalInUse, 221), ("-f async -jp 1", nil, 254), ("-f async -js 2", nil, 254),
            ("-f data -jp 1 -js 2", nil, 253), ("-f async -jp 256 -js 2", nil, 253),
        ]
        for (line, refusal, status) in expected {
            session.local.state.withLock { $0.answers = refusal.map { [.refused($0, nil)] } ?? [] }
            let result = run("paircreate -g oradb -vl \(line)", in: session)
            #expect(result.status == status, "\(line): \(result.text)")
        }
        guard case .create(let order) = session.local.performed.first else {
            Issue.record("nothing was asked for")
            return
        }
        #expect(order.journals == JournalNumbers(local: 1, remote: 2) && order.mode == .asynchronous)
        #expect(order.grouping == .consistencyGroup(nil))
    }
}
