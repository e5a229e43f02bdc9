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
        ] + SplitKind.allCases.map { .split(ldevs, $0) } + ReplicationMode.allCases.map { .create(order($0)) }

    private static func order(_ mode: ReplicationMode) -> CreationOrder {
        CreationOrder(
            pairings: [VolumePairing(local: LDEVNumber(1), remote: LDEVNumber(2))], remoteSerial: ArraySerial(7),
            mode: mode, grouping: mode == .asynchronous ? .consistencyGroup(nil) : .separate, copyPace: 3,
            copiesData: mode != .asynchronous, sideFileTimeoutSeconds: mode == .asynchronous ? 90 : nil)
    }

    static let everyReply: [ArrayReply] =
        [
            .identity(ArrayIdentity(serial: ArraySerial(353_010), name: "Süd")), .volumes([]), .done,
            .volumes([volume(nil)] + PairStatus.allCases.map { volume($0) }),
        ] + Refusal.allCases.map { .refused($0, $0 == .busy ? LDEVNumber(9) : nil) }

    private static func volume(_ status: PairStatus?) -> VolumeSnapshot {
        VolumeSnapshot(
            ldev: LDEVNumber(0x240), byteCount: 1 << 40, path: VolumePath(port: "CL1-A", target: 1, lun: 2),
            device: "/run/dev/02:40", blockDevice: status == nil ? nil : "/dev/loop3",
            pair: status.map {
                PairSnapshot(
                    group: GroupIdentifier(4), consistencyGroup: 1, role: .secondary, mode: .asynchronous,
                    status: $0, remoteSerial: ArraySerial(2), remoteLDEV: LDEVNumber(3), cleanPercent: 99,
                    markedTracks: 5, trackCount: 6, isSecondaryHostWritable: true, access: .readOnly)
            })
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

    @Test func aSnapshotOfEveryVolumeFitsTheDevice() {
        let all = (0..<4096).map { _ in Self.volume(.paired) }
        #expect(ArrayReply.volumes(all).encoded().count <= CommandDeviceWire.largestMessage)
    }
}
