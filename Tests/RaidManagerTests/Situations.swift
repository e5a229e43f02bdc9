// The situations of a pair that screens and exit codes are drawn for: what each of the two arrays says.

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

struct Situation: Sendable, CustomTestStringConvertible {
    var name: String
    /// The reference's section that shows it.
    var source: String
    var primary: PairStatus?
    var secondary: PairStatus?
    var isAsynchronousOnly = false
    var clean: (UInt8, UInt8) = (100, 100)
    var sideFile: (UInt8, UInt8) = (0, 0)
    var isAboveHighWater = false
    var isSecondaryWritable = false
    var isWritten = false
    var isUsable = true
    var isLinkUp = true

    var testDescription: String { name }

    static let all: [Situation] = [
        Situation(name: "simplex", source: "3.2"),
        Situation(
            name: "copy", source: "3.7", primary: .copying, secondary: .copying, clean: (37, 37), isUsable: false),
        Situation(name: "pair", source: "3.7", primary: .paired, secondary: .paired, sideFile: (1, 0)),
        Situation(
            name: "split", source: "3.7", primary: .suspended(.byOperator), secondary: .suspended(.byOperator)),
        Situation(
            name: "split writable", source: "3.7", primary: .suspended(.byOperator), secondary: .suspended(.byOperator),
            isSecondaryWritable: true),
        Situation(
            name: "split written", source: "3.6", primary: .suspended(.byOperator), secondary: .suspended(.byOperator),
            clean: (98, 97), isSecondaryWritable: true, isWritten: true),
        Situation(
            name: "link lost", source: "3.7", primary: .suspended(.byFault), secondary: .paired, clean: (99, 100),
            isLinkUp: false),
        Situation(
            name: "fault on both", source: "5.3", primary: .suspended(.byFault), secondary: .suspended(.byFault),
            clean: (99, 100)),
        Situation(
            name: "taken over", source: "3.7", primary: .suspended(.byOperator), secondary: .takenOver, clean: (99, 99),
            isSecondaryWritable: true, isWritten: true),
        Situation(
            name: "copy interrupted", source: "5.6", primary: .suspended(.byFault), secondary: .suspended(.byFault),
            clean: (61, 61), isUsable: false, isLinkUp: false),
        Situation(
            name: "side file above high water", source: "5.1", primary: .paired, secondary: .paired,
            isAsynchronousOnly: true, sideFile: (64, 60), isAboveHighWater: true),
        Situation(
            name: "side file overflow", source: "5.1", primary: .suspended(.sideFileFull),
            secondary: .suspended(.sideFileFull), isAsynchronousOnly: true, clean: (88, 100)),
    ]

    static func fitting(_ fence: FenceWord) -> [Situation] { all.filter { fence == .async || !$0.isAsynchronousOnly } }

    static func named(_ name: String) -> Situation {
        guard let found = all.first(where: { $0.name == name }) else { preconditionFailure("no situation \(name)") }
        return found
    }

    /// A session of one volume, LDEV 18 at array 30053 and LDEV 19 at array 30054, seen from the primary's side, or from
    /// the secondary's.
    func session(
        _ fence: FenceWord, from role: Role = .primary, isPartnerAlive: Bool = true, volumes count: UInt16 = 1
    ) -> FakeSession {
        let numbers = 0..<count
        let east = FakeArray(30053, numbers.map { volume(.primary, $0, fence) })
        let west = FakeArray(30054, numbers.map { volume(.secondary, $0, fence) })
        let names = numbers.map { "oradev\($0 + 1)" }
        return role == .primary
            ? FakeSession(east, west, names, isPartnerAlive: isPartnerAlive)
            : FakeSession(west, east, names, isPartnerAlive: isPartnerAlive)
    }

    func volume(_ role: Role, _ index: UInt16, _ fence: FenceWord) -> VolumeSnapshot {
        let isPrimary = role == .primary
        var pair: PairSnapshot?
        if let status = isPrimary ? primary : secondary {
            let isAsynchronous = fence == .async
            pair = PairSnapshot(
                group: GroupIdentifier(1), consistencyGroup: isAsynchronous ? 2 : nil, role: role, mode: fence.mode,
                status: status, remoteSerial: ArraySerial(isPrimary ? 30054 : 30053),
                remoteLDEV: LDEVNumber((isPrimary ? 19 : 18) + index * 2), cleanPercent: isPrimary ? clean.0 : clean.1,
                sideFilePercent: isAsynchronous ? (isPrimary ? sideFile.0 : sideFile.1) : 0,
                isAboveHighWater: isAsynchronous && isAboveHighWater, isSecondaryHostWritable: isSecondaryWritable,
                isWrittenSinceSplit: !isPrimary && isWritten, isUsable: isPrimary || isUsable, isLinkUp: isLinkUp)
        }
        return VolumeSnapshot(
            ldev: LDEVNumber((isPrimary ? 18 : 19) + index * 2), byteCount: 1 << 30,
            path: VolumePath(port: isPrimary ? "CL1-A" : "CL1-D", target: 1, lun: index),
            device: "/dev/arr/\(role)\(index)",
            blockDevice: isPrimary ? "/dev/loop\(index)" : nil, pair: pair)
    }
}
