// What do the pair commands print and order for pairs within one array?

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

@Suite struct LocalScreens {
    private static let serial: UInt64 = 30053

    /// Two instances on one array: LDEV 18 is the primary of mirror 0, LDEV 19 its secondary. nil: no pair.
    private func session(_ status: LocalPairStatus?, at role: Role, isWritten: Bool = false) -> FakeSession {
        func volume(_ role: Role) -> VolumeSnapshot {
            var volume = Situation.named("simplex").volume(role, 0, .never)
            let name = LocalName(primary: LDEVNumber(18), secondary: LDEVNumber(19), mirror: 0)
            volume.localPairs =
                status.map {
                    [
                        LocalPairSnapshot(
                            name: name, role: role, status: $0, cleanPercent: $0 == .copying ? 37 : 99,
                            isWrittenSinceSplit: isWritten)
                    ]
                } ?? []
            return volume
        }
        let primary = FakeArray(Self.serial, [volume(.primary)])
        let secondary = FakeArray(Self.serial, [volume(.secondary)])
        return role == .primary
            ? FakeSession(primary, secondary, ["oradev1"]) : FakeSession(secondary, primary, ["oradev1"])
    }

    private let mode = ["HORCMINST": "0", "HORCC_MRCF": "1"]

    @Test func everyStateHasItsScreens() {
        let lines = [
            "pairdisplay -g oradb", "pairdisplay -g oradb -fcx", "pairdisplay -g oradb -fc -CLI",
            "pairdisplay -g oradb -fcd -CLI", "pairdisplay -g oradb -m cas", "pairvolchk -g oradb",
            "pairvolchk -g oradb -ss", "pairevtwait -g oradb -nowait", "paircurchk -g oradb",
        ]
        var blocks: [String] = []
        for status in [nil] + LocalPairStatus.allCases.map(Optional.some) {
            for role in Role.allCases {
                for line in lines {
                    let outcome = run(line, in: session(status, at: role), values: mode)
                    let title = status.map { "\($0)" } ?? "simplex"
                    blocks.append("== \(title), at the \(role)\n$ \(line)\n\(outcome.text)")
                }
            }
        }
        Golden.check(
            "local/screens", source: "sections 3.3, 3.4, 4.2 and 4.3", blocks.joined(separator: "\n\n"))
    }

    /// The orders are recorded by an array that makes none: its refusal is what the command ends with.
    @Test func theChangingCommandsAcceptAndRefuse() {
        let lines = [
            "paircreate -g oradb -vl", "paircreate -g oradb -pvol -m grp -split -c 15", "pairsplit -g oradb",
            "pairsplit -g oradb -E", "pairsplit -g oradb -S", "pairresync -g oradb -c 15",
            "pairresync -g oradb -restore",
        ]
        var blocks: [String] = []
        for status in [nil] + LocalPairStatus.allCases.map(Optional.some) {
            for role in Role.allCases {
                for line in lines {
                    let session = session(status, at: role)
                    let outcome = run(line, in: session, values: mode)
                    let orders = (session.local.performed + session.remote.performed).map { "ordered \($0)" }
                    let title = status.map { "\($0)" } ?? "simplex"
                    blocks.append(
                        (["== \(title), at the \(role)", "$ \(line)", outcome.text] + orders).joined(separator: "\n"))
                }
            }
        }
        Golden.check("local/orders", source: "sections 2.2 to 2.4 and 5.2", blocks.joined(separator: "\n\n"))
    }

    @Test("3.4: rows have one field more than the header", arguments: LocalPairStatus.allCases)
    func fieldsMatchTheHeader(_ status: LocalPairStatus) {
        for options in ["-CLI", "-fc -CLI"] {
            let lines = run("pairdisplay -g oradb \(options)", in: session(status, at: .primary), values: mode).output
            let counts = lines.map { $0.split(separator: " ").count }
            #expect(counts.dropFirst().allSatisfy { $0 == counts[0] + 1 }, "\(lines)")
        }
    }

    @Test func aLocalPairIsNamedByBothVolumes() {
        let name = LocalName(primary: LDEVNumber(18), secondary: LDEVNumber(19), mirror: 0)
        let created = session(nil, at: .secondary)
        created.remote.state.withLock { $0.answers = [.done] }
        #expect(run("paircreate -g oradb -vr -m grp", in: created, values: mode).status == 0)
        #expect(created.remote.performed == [.local(.create(LocalCreationOrder(names: [name], isAtTime: true)))])
        let split = session(.paired, at: .secondary)
        split.remote.state.withLock { $0.answers = [.done] }
        #expect(run("pairsplit -g oradb", in: split, values: mode).status == 0)
        #expect(split.remote.performed == [.local(.split([name]))] && split.local.performed.isEmpty)
    }
}
