// A plausible world for commands that are run on hostile input: one pair, two instances, both well.

internal import CommandDevice
internal import RaidManager
internal import ReplicationCore

enum FuzzWorld {
    static let information = InstanceInformation(
        instance: 0, host: "east", address: "127.0.0.1", service: "horcm0",
        arrays: [ArrayIdentity(serial: ArraySerial(30053), name: "east")], commandDevices: ["/dev/sdc"],
        groups: [.init(name: "oradb", mirror: "0", address: "127.0.0.1", service: "horcm1")])

    static func answer(_ request: InstanceRequest, isRemote: Bool = false) -> InstanceReply {
        switch request {
        case .information: .information(information)
        case .volumes: .volumes([report(isRemote: isRemote)], next: nil)
        case .perform(_, let request): .array(answer(request, isRemote: isRemote))
        case .relay(_, let request): answer(request, isRemote: true)
        case .awaitEvent: .isThere(true)
        case .takeEvents: .events([event])
        case .control(.permit), .shutDown: .done
        case .control: .replaced(Replacement("/dev/sdc", "/dev/sdd"))
        }
    }

    static func answer(_ request: ArrayRequest, isRemote: Bool = false) -> ArrayReply {
        switch request {
        case .identify: .identity(ArrayIdentity(serial: ArraySerial(30053), name: "east"))
        case .volumes: .volumes([volume(isRemote: isRemote)])
        case .inventory(let question): answer(question)
        case .journal(.marker): .journal(.markers([marker]))
        case .journal(.waitFor): .journal(.waited(.reached, [marker]))
        case .guards(.show(let ldevs)): .guards(ldevs.map { GuardSnapshot(ldev: $0, flags: [.write]) })
        case .administer(.resources): .administration(.resources([ResourceSnapshot(name: "meta_resource", number: 0)]))
        // Whatever changes something is done.
        case _: .done
        }
    }

    private static func answer(_ question: InventoryQuestion) -> ArrayReply {
        switch question {
        case .ports:
            .inventory(
                .ports([
                    PortSnapshot(name: "CL1-A", wwn: 0x5006_0E80_0000_0001, loopAddress: 0xEF, hostGroups: [0, 3])
                ]))
        case .remoteArrays:
            .inventory(
                .remoteArrays([
                    RemoteArraySnapshot(
                        serial: ArraySerial(30054), linkName: "l", pathCount: 2, activePaths: 1, pathGroup: 3)
                ]))
        case .consistencyGroups: .inventory(.consistencyGroups([group]))
        case .journals:
            .inventory(
                .journals([JournalSnapshot(number: 1, ldevs: [LDEVNumber(9)], byteCount: 1 << 30, group: group)]))
        case .activity:
            .inventory(
                .activity([
                    VolumeActivity(ldev: LDEVNumber(16), reads: 1, writes: 2, readBytes: 3, writtenBytes: 4)
                ]))
        }
    }

    static var arrayReplies: [ArrayReply] {
        let questions: [InventoryQuestion] = [.ports, .remoteArrays, .consistencyGroups, .journals, .activity(nil)]
        return [
            .identify, .volumes(.all), .journal(.marker([])), .guards(.show([LDEVNumber(16)])),
            .administer(.resources), .swap([], copyPace: nil),
        ].map { answer($0) } + questions.map { answer($0) }
    }

    // MARK: Parts

    private static let event = StatusEvent(
        group: "oradb", name: "dev1", mode: .horc, path: VolumePath(port: "CL1-A", target: 0, lun: 0),
        ldev: LDEVNumber(16), before: .pair, after: .psus)
    private static let marker = GroupMarker(
        consistencyGroup: 3, newest: SequenceNumber(9), delivered: SequenceNumber(7))
    private static let group = GroupSnapshot(
        number: 3, id: GroupIdentifier(4), role: .primary, mode: .asynchronous, status: .paired, pairCount: 1,
        remoteSerial: ArraySerial(30054), activePaths: 1, sideFilePercent: 4, sideFileBytes: 1 << 20,
        isAboveHighWater: false, marker: SequenceNumber(9), waiting: 8, journal: nil, timers: GroupTimers())

    private static func report(isRemote: Bool) -> VolumeReport {
        VolumeReport(
            group: "oradb", name: "dev1", serial: ArraySerial(isRemote ? 30054 : 30053), mirror: "0",
            ldev: LDEVNumber(16), path: VolumePath(port: "CL1-A", target: 0, lun: 0), deviceFile: "/dev/sdb",
            snapshot: volume(isRemote: isRemote))
    }

    private static func volume(isRemote: Bool) -> VolumeSnapshot {
        VolumeSnapshot(
            ldev: LDEVNumber(16), byteCount: 1 << 30, path: VolumePath(port: "CL1-A", target: 0, lun: 0),
            device: "/run/dev/00-10",
            pair: PairSnapshot(
                group: GroupIdentifier(4), consistencyGroup: 3, role: isRemote ? .secondary : .primary,
                mode: .asynchronous, status: .paired, remoteSerial: ArraySerial(isRemote ? 30053 : 30054),
                remoteLDEV: LDEVNumber(16), cleanPercent: 100, sideFilePercent: 1),
            localPairs: [
                LocalPairSnapshot(
                    name: LocalName(primary: LDEVNumber(16), secondary: LDEVNumber(17), mirror: 0), role: .primary,
                    status: .paired)
            ])
    }
}
