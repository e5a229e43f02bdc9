// The situations of a local pair: what the array says of its two volumes.

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

struct LocalSituation: Sendable, CustomTestStringConvertible {
    var name: String
    var status: LocalStatus?
    var clean: UInt8 = 100
    var isWritten = false
    var group: UInt8?

    var testDescription: String { name }

    static let all: [LocalSituation] = [
        LocalSituation(name: "simplex"),
        LocalSituation(name: "copy", status: .copying, clean: 37),
        LocalSituation(name: "pair, a little behind", status: .paired, clean: 99),
        LocalSituation(name: "split, still being copied", status: .splitting, clean: 61),
        LocalSituation(name: "split", status: .split),
        LocalSituation(name: "split and written, at time", status: .split, clean: 98, isWritten: true, group: 1),
        LocalSituation(name: "restore", status: .restoring, clean: 80),
        LocalSituation(name: "failed", status: .failed, clean: 42),
    ]

    /// A session of one volume, LDEV 18 and LDEV 19 of array 30053, seen from the primary's host, or from the secondary's.
    func session(from role: Role = .primary, isPartnerAlive: Bool = true) -> FakeSession {
        let one = FakeArray(30053, [volume(.primary)])
        let other = FakeArray(30053, [volume(.secondary)])
        return role == .primary
            ? FakeSession(one, other, ["oradev1"], isPartnerAlive: isPartnerAlive)
            : FakeSession(other, one, ["oradev1"], isPartnerAlive: isPartnerAlive)
    }

    private func volume(_ role: Role) -> VolumeSnapshot {
        let name = LocalName(primary: LDEVNumber(18), secondary: LDEVNumber(19), mirror: 0)
        let pair = status.map {
            LocalPairSnapshot(
                name: name, role: role, status: $0, cleanPercent: clean, group: group, isWrittenSinceSplit: isWritten)
        }
        return VolumeSnapshot(
            ldev: role == .primary ? name.primary : name.secondary, byteCount: 1 << 30,
            path: VolumePath(port: role == .primary ? "CL1-A-1" : "CL1-A-3", target: 0, lun: 4),
            device: "/dev/arr/\(role)", localPairs: pair.map { [$0] } ?? [])
    }
}
