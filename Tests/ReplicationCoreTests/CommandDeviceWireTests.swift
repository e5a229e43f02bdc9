// Do requests, replies and snapshots survive the command device, and is damage refused?

internal import CommandDevice
internal import ReplicationCore
import Testing

struct CommandDeviceWireTests {
    private static let ldevs = [LDEVNumber(0), LDEVNumber(0xFFFF)]

    static let everyRequest: [ArrayRequest] =
        [
            .identify, .volumes(.all), .volumes(.ldevs([])), .volumes(.ldevs(ldevs)),
            .volumes(
                .paths([
                    VolumePath(port: "CL1-A-3", target: 1, lun: 65_535), VolumePath(port: "", target: 0, lun: 0),
                ])),
            .resynchronise(ldevs, copyPace: nil, fence: nil), .resynchronise(ldevs, copyPace: 15, fence: .never),
            .swap(ldevs, copyPace: nil), .swap([], copyPace: 1), .takeOver(ldevs, timeoutSeconds: nil),
            .takeOver(ldevs, timeoutSeconds: .max), .rollBackTakeover(ldevs), .lowerFence(ldevs),
            .delete(ldevs, localOnly: true), .delete(ldevs, localOnly: false),
            .volumes(.all, from: .max), .inventory(.ports), .inventory(.remoteArrays), .inventory(.consistencyGroups),
            .inventory(.journals), .inventory(.activity(nil)), .inventory(.activity(ldevs)),
            .local(
                .create(
                    LocalCreationOrder(names: [local], copyPace: 15, copiesData: false, isAtTime: true, splits: true))),
            .local(.split([local])), .local(.resynchronise([local], copyPace: nil)),
            .local(.restore([local], copyPace: 1)), .local(.fail([local])), .local(.delete([])),
            .journal(.marker(ldevs)), .journal(.waitFor(ldevs, SequenceNumber(.max), timeout: .seconds(3))),
            .journal(.waitFor(ldevs, .none, timeout: nil)), .journal(.setTimers(ldevs, timers)),
            .guards(.set(ldevs, [.write, .secondary], retentionDays: 365)), .guards(.show(ldevs)),
            .administer(.logIn(client, user: "u", password: "p")), .administer(.logOut(client)),
            .administer(.lock(resource: "meta_resource", client)), .administer(.lock(resource: nil, client)),
            .administer(.unlock(resource: "", client)), .administer(.unlock(resource: nil, client)),
            .administer(.resources), .administer(.session(client)), .administer(.commandStatus(client)),
            .administer(.resetCommandStatus(client)), .administer(.label(LDEVNumber(.max), "data 1", client)),
            .administer(.labels(ldevs)), .administer(.deviceGroups), .administer(.copyGroups),
            .administer(.labelAsRequest(LDEVNumber(1), "data 1", client)), .administer(.request(.max, client)),
            .administer(.resetRequests(request: nil, client)), .administer(.resetRequests(request: 7, client)),
            .administer(.changeGroups(.add(.init(name: "v", ldev: LDEVNumber(.max)), to: "g"), client)),
            .administer(.changeGroups(.remove(ldevs: nil, name: "v", from: "g"), client)),
            .administer(.changeGroups(.remove(ldevs: ldevs, name: nil, from: ""), client)),
            .administer(.changeGroups(.addCopyGroup("c", deviceGroups: ["p", "s"], mirror: 2, journal: 255), client)),
            .administer(.changeGroups(.addCopyGroup("", deviceGroups: [], mirror: nil, journal: nil), client)),
            .administer(.changeGroups(.removeCopyGroup("c", deviceGroup: nil), client)),
            .administer(.changeGroups(.removeCopyGroup("c", deviceGroup: "p"), client)),
        ] + SplitKind.allCases.map { .split(ldevs, $0) } + ReplicationMode.allCases.map { .create(order($0)) }

    private static let local = LocalName(primary: LDEVNumber(1), secondary: LDEVNumber(2), mirror: 2)
    private static let timers = GroupTimers(sideFileSeconds: 600, copyPendingMinutes: 15, remoteReadyMinutes: 10)
    private static let client = AdministrationClient(host: "h", account: .max)
    private static let session = AdministrationSession(user: "root", client: client)

    private static func order(_ mode: ReplicationMode) -> CreationOrder {
        CreationOrder(
            pairings: [VolumePairing(local: LDEVNumber(1), remote: LDEVNumber(2))], remoteSerial: ArraySerial(7),
            mode: mode, grouping: mode == .asynchronous ? .consistencyGroup(nil) : .separate, copyPace: 3,
            copiesData: mode != .asynchronous, timers: mode == .asynchronous ? timers : GroupTimers(),
            journals: mode == .asynchronous ? JournalNumbers(local: 0, remote: 255) : nil,
            startsSuspended: mode == .asynchronous, refusesReads: true, pathGroup: mode == .asynchronous ? 1 : nil)
    }

    static let everyReply: [ArrayReply] =
        [
            .identity(ArrayIdentity(serial: ArraySerial(353_010), name: "Süd")), .volumes([]), .done,
            .volumes([volume(nil)] + PairStatus.allCases.map { volume($0) }),
            .volumes([volume(.paired)], next: 1024),
            .inventory(
                .ports([PortSnapshot(name: "CL1-A", wwn: 0x5006_0E80_0000_0001, loopAddress: 0xEF, hostGroups: [0, 3])])
            ),
            .inventory(
                .remoteArrays([
                    RemoteArraySnapshot(
                        serial: ArraySerial(7), linkName: "l", pathCount: 2, activePaths: 1, pathGroup: 3)
                ])),
            .inventory(.consistencyGroups([group])),
            .inventory(
                .journals([
                    JournalSnapshot(number: 1, ldevs: ldevs, byteCount: 1 << 40, group: group, usedPercent: 5),
                    JournalSnapshot(number: 2, ldevs: [], byteCount: 0),
                ])),
            .inventory(
                .activity([VolumeActivity(ldev: LDEVNumber(1), reads: 1, writes: 2, readBytes: 3, writtenBytes: .max)])),
            .journal(.markers([marker])), .guards([]),
            .guards([GuardSnapshot(ldev: LDEVNumber(1), flags: [.read], changeable: [], retentionDays: 9)]),
            .administration(.resources([])),
            .administration(
                .resources([
                    ResourceSnapshot(name: "meta_resource", number: 0, owner: session),
                    ResourceSnapshot(name: "prod", number: .max, ldevs: [LDEVNumber(1), LDEVNumber(.max)]),
                ])),
            .administration(.done), .administration(.session(session)),
            .administration(.commandStatus(CommandStatus(handle: 0xC3))),
            .administration(
                .commandStatus(CommandStatus(handle: .max, firstFailure: .locked, failureCount: .max))),
            .administration(.request(RequestStatus(number: .max, ldev: LDEVNumber(.max), failure: .noSuchVolume))),
            .administration(.request(RequestStatus(number: 1, ldev: LDEVNumber(0)))),
            .administration(.labels([VolumeLabel(ldev: LDEVNumber(1), text: "data 1")])),
            .administration(.deviceGroups([DeviceGroup(name: "g", members: [.init(name: "v", ldev: LDEVNumber(1))])])),
            .administration(
                .copyGroups([
                    CopyGroup(name: "g", deviceGroup: "gP"),
                    CopyGroup(name: "g", deviceGroup: "gS", mirror: 2, journal: 255),
                ])),
        ] + MarkerOutcome.allCases.map { .journal(.waited($0, [marker])) }
        + Refusal.allCases.map { .refused($0, $0 == .busy ? LDEVNumber(9) : nil) }
        + AdministrationRefusal.allCases.map { .administration(.refused($0)) }

    private static let marker = GroupMarker(
        consistencyGroup: 3, newest: SequenceNumber(9), delivered: SequenceNumber(7))
    private static let group = GroupSnapshot(
        number: 3, id: GroupIdentifier(4), role: .secondary, mode: .asynchronous, status: .suspended(.byFault),
        pairCount: 2, remoteSerial: ArraySerial(7), activePaths: 1, sideFilePercent: 40, sideFileBytes: 1 << 30,
        isAboveHighWater: true, marker: SequenceNumber(9), waiting: 8, journal: 5, timers: timers)

    private static func volume(_ status: PairStatus?) -> VolumeSnapshot {
        VolumeSnapshot(
            ldev: LDEVNumber(0x240), byteCount: 1 << 40, path: VolumePath(port: "CL1-A", target: 1, lun: 2),
            device: "/run/dev/02:40", blockDevice: status == nil ? nil : "/dev/loop3",
            pair: status.map {
                PairSnapshot(
                    group: GroupIdentifier(4), consistencyGroup: 1, role: .secondary, mode: .asynchronous,
                    status: $0, remoteSerial: ArraySerial(2), remoteLDEV: LDEVNumber(3), cleanPercent: 99,
                    markedTracks: 5, trackCount: 6, isSecondaryHostWritable: true, access: .readOnly, mirror: 3,
                    journal: 4, remoteJournal: 255,
                    journalPercent: 6, activePaths: 2, minimumPaths: 2, isReadRefused: true)
            },
            localPairs: LocalPairStatus.allCases.map {
                LocalPairSnapshot(
                    name: local, role: .primary, status: $0, cleanPercent: 7, copyPace: 8,
                    group: status == nil ? nil : 9, isWrittenSinceSplit: true)
            }, guards: [.inquiry, .secondary], emulation: "OPEN-9", isJournal: true, subsystem: 0x0105)
    }

    @Test(arguments: everyRequest)
    func requestsComeBack(request: ArrayRequest) throws {
        #expect(try ArrayRequest(decoding: request.encoded()) == request)
        Damage.tryAll(request.encoded(), isSummed: true) { bytes throws(WireError) in
            _ = try ArrayRequest(decoding: bytes)
        }
        #expect(throws: WireError.self) { try ArrayReply(decoding: request.encoded()) }
    }

    @Test(arguments: everyReply)
    func repliesComeBack(reply: ArrayReply) throws {
        #expect(try ArrayReply(decoding: reply.encoded()) == reply)
        Damage.tryAll(reply.encoded(), isSummed: true) { bytes throws(WireError) in
            _ = try ArrayReply(decoding: bytes)
        }
        #expect(throws: WireError.self) { try ArrayRequest(decoding: reply.encoded()) }
    }

    /// A reader of the device gets the whole file: what follows the message is not part of it.
    @Test func whatFollowsAMessageIsIgnored() throws {
        let padded = ArrayRequest.identify.encoded() + [UInt8](repeating: 0xA5, count: 100)
        #expect(try ArrayRequest(decoding: padded) == .identify)
    }

    @Test func aPageOfVolumesFitsTheDevice() {
        var largest = Self.volume(.paired)
        largest.device = "/" + String(repeating: "d", count: 600)
        largest.blockDevice = "/dev/" + String(repeating: "b", count: 60)
        let page = Array(repeating: largest, count: ArrayReply.volumesPerPage)
        #expect(ArrayReply.volumes(page, next: 1024).encoded().count <= CommandDeviceWire.largestMessage)
    }

    /// An array and its clients of different versions must not misunderstand each other.
    @Test func anotherVersionIsRefused() {
        var bytes = ArrayRequest.identify.encoded()
        #expect(bytes[4] == 2 && bytes[5] == 0)
        bytes[4] = 1
        #expect(throws: WireError.unsupportedVersion(1)) { try ArrayRequest(decoding: bytes) }
    }

    @Test func guardsThatNobodyKnowsAreRefused() {
        let order = ArrayRequest.guards(.set([], GuardFlags(rawValue: 0x20), retentionDays: 0))
        #expect(throws: WireError.unknownValue(field: "guard flags")) { try ArrayRequest(decoding: order.encoded()) }
    }
}
