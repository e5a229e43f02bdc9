// Do the messages between commands and instances survive the way, and does damage on it do no harm?

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct Wire {
    static let report = VolumeReport(
        group: "oradb", name: "dev1", serial: ArraySerial(30053), mirror: "h1", ldev: LDEVNumber(18),
        path: VolumePath(port: "CL1-A", target: 1, lun: 0), deviceFile: "/dev/sdb",
        snapshot: Situation.named("split written").volume(.secondary, 0, .async))

    static let requests: [InstanceRequest] = [
        .information, .volumes(.group("oradb"), from: 0), .volumes(.device("d", group: nil), from: 64),
        .volumes(.device("d", group: "g"), from: 1), .volumes(.file("/dev/sdb", wholeGroup: true), from: 0),
        .volumes(.ldev(ArraySerial(1), LDEVNumber(2), wholeGroup: false), from: 0),
        .perform(ArraySerial(1), .split([LDEVNumber(1)], .secondaryWritable)),
        .relay(group: "oradb", .perform(ArraySerial(1), .swap([LDEVNumber(1)], copyPace: 15))), .shutDown,
        .awaitEvent(EventFilter(.mrcf, words: [.psus, .smpl]), .seconds(10)),
        .takeEvents(EventOrder(EventFilter(.horc), takesAll: true, clearing: .everything)),
        .control(.switchCommandDevice(unit: 63)), .control(.changePartner(group: "oradb")),
        .control(.permit([VolumeNumber(ArraySerial(1), LDEVNumber(2)), VolumeNumber(ArraySerial(3), LDEVNumber(4))])),
    ]

    static let replies: [InstanceReply] = [
        .volumes([report, VolumeReport(group: "g", name: "n", serial: ArraySerial(1))], next: 64),
        .volumes([], next: nil),
        .array(.refused(.linkDown, LDEVNumber(1))), .done, .replaced(Replacement("a", "b")), .isThere(true),
        .events([
            StatusEvent(
                group: "g", name: "n", mode: .horc, path: report.path, ldev: LDEVNumber(18), before: .pair, after: .psue
            ),
            StatusEvent(group: "g", name: "n", mode: .mrcf, path: nil, ldev: nil, before: .smpl, after: .copy),
        ]), .failed(HorcmFailure(.noRemoteHost, "a", "b")),
        .information(
            InstanceInformation(
                instance: nil, host: "h", address: "a", service: "s",
                arrays: [ArrayIdentity(serial: ArraySerial(1), name: "east")], commandDevices: ["/c"],
                groups: [.init(name: "g", mirror: "", address: "x", service: "y")], isProtected: true)),
    ]

    @Test(arguments: requests) func requestsSurvive(_ request: InstanceRequest) throws {
        #expect(try InstanceRequest(decoding: request.encoded()) == request)
    }

    @Test(arguments: replies) func repliesSurvive(_ reply: InstanceReply) throws {
        #expect(try InstanceReply(decoding: reply.encoded()) == reply)
    }

    @Test func aRelayedRequestHoldsNoFurtherOne() {
        let bytes = InstanceRequest.relay(group: "a", .relay(group: "b", .information)).encoded()
        #expect(throws: WireError.self) { try InstanceRequest(decoding: bytes) }
    }

    /// Behind a message on a device may be other bytes; within another message that would be something unread.
    @Test func nothingFollowsAnArraysMessageWithinAnother() throws {
        let request = InstanceRequest.perform(ArraySerial(1), .identify)
        let inner = ArrayRequest.identify.encoded()
        var body = WireWriter()
        body.write(UInt8(3))
        body.write(UInt64(1))
        body.write(UInt32(inner.count + 1))
        body.write(raw: inner + [0])
        var message = WireWriter()
        message.write(raw: request.encoded().prefix(8))
        message.write(UInt32(body.bytes.count))
        message.write(raw: body.bytes)
        message.write(Checksum.crc32c(message.bytes))
        #expect(throws: WireError.trailingBytes) { try InstanceRequest(decoding: message.bytes) }
    }

    @Test func everyDamagedByteIsFound() {
        let bytes = Self.replies[0].encoded()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x41
            #expect(throws: WireError.self) { try InstanceReply(decoding: damaged) }
            #expect(throws: WireError.self) { try InstanceReply(decoding: Array(bytes.prefix(index))) }
        }
        #expect(throws: WireError.self) { try InstanceReply(decoding: bytes + [0]) }
    }

    @Test func aStreamIsCutAtTheHeadersLength() {
        let bytes = Self.requests[3].encoded()
        let header = Array(bytes.prefix(InstanceWire.headerBytes))
        #expect(InstanceWire.restLength(ofHeader: header) == bytes.count - InstanceWire.headerBytes)
        #expect(InstanceWire.restLength(ofHeader: [UInt8](repeating: 0xFF, count: 12)) == nil)
        #expect(InstanceWire.restLength(ofHeader: Array(header.prefix(8)) + [0xFF, 0xFF, 0xFF, 0xFF]) == nil)
    }

    @Test func datagramsHaveTheirLayout() throws {
        let datagram = PartnerDatagram(
            kind: .request, identifier: .init(life: 1, counter: 2), receiverLife: 3, wallMilliseconds: 4,
            payload: [9, 8])
        let bytes = datagram.encoded()
        #expect(bytes.count == PartnerDatagram.headerBytes + 2)
        #expect(Array(bytes.prefix(8)) == [0x48, 0x52, 0x4D, 0x50, 1, 0, 1, 0])
        #expect(bytes[8] == 1 && bytes[16] == 2 && bytes[24] == 3 && bytes[32] == 4 && Array(bytes[40...]) == [9, 8])
        #expect(try PartnerDatagram(decoding: bytes) == datagram)
        for count in 0..<PartnerDatagram.headerBytes {
            #expect(throws: WireError.self) { try PartnerDatagram(decoding: Array(bytes.prefix(count))) }
        }
    }

    @Test func aPageOfVolumesFitsIntoADatagram() {
        var largest = Self.report
        largest.group = String(repeating: "g", count: 31)
        largest.name = String(repeating: "n", count: 31)
        largest.snapshot?.device = "/" + String(repeating: "d", count: 300)
        largest.snapshot?.blockDevice = "/dev/" + String(repeating: "b", count: 60)
        let reply = InstanceReply.volumes(Array(repeating: largest, count: InstanceReply.volumesPerPage), next: 64)
        #expect(reply.encoded().count <= PartnerDatagram.largestPayload)
    }
}
