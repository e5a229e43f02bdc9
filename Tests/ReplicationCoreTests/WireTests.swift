// Does everything that travels or is stored come back as it was, and is damage always an error, never a trap?

internal import ReplicationCore
import Testing

struct WireTests {
    static let everyMessage: [PeerMessage] =
        [
            .greeting(PeerGreeting(role: .primary, epoch: Epoch(7), applied: SequenceNumber(9), pairs: [])),
            .greeting(
                PeerGreeting(
                    role: .secondary, epoch: Epoch(.max), applied: SequenceNumber(.max),
                    pairs: PairStatus.allCases.map {
                        PeerPair(local: LDEVNumber(1), remote: LDEVNumber(.max), status: $0, isUsable: $0 == .paired)
                    })),
            .unknownGroup,
            .create(
                PeerCreation(
                    members: [.init(ldev: LDEVNumber(5), remote: LDEVNumber(6), byteCount: 1 << 40)],
                    mode: .asynchronous, consistencyGroup: 3, copiesData: true, trackBytes: 65_536, epoch: Epoch(1),
                    copyPace: 15, journals: JournalNumbers(local: 1, remote: 255))),
            .create(
                PeerCreation(
                    members: [], mode: .synchronous(.status), consistencyGroup: nil, copiesData: false,
                    trackBytes: 4096, epoch: Epoch(0), copyPace: 1, startsSuspended: true)),
            .join(
                PeerJoin(
                    members: [.init(ldev: LDEVNumber(5), remote: LDEVNumber(6), byteCount: 1 << 40)],
                    mode: .synchronous(.data), copiesData: true, trackBytes: 65_536, epoch: Epoch(9),
                    start: SequenceNumber(.max), copyPace: 15)),
            .join(
                PeerJoin(
                    members: [], mode: .asynchronous, copiesData: false, trackBytes: 0, epoch: Epoch(0), start: .none,
                    copyPace: 0)),
            .resynchronise(
                [LDEVNumber(1), LDEVNumber(2)], epoch: Epoch(4), start: SequenceNumber(88), mode: .synchronous(.never)),
            .swap(epoch: Epoch(3), start: SequenceNumber(2), believedPaired: []),
            .swap(epoch: Epoch(3), start: SequenceNumber(2), believedPaired: [LDEVNumber(1), LDEVNumber(.max)]),
            .requestSwap(copyPace: nil), .requestSwap(copyPace: 9),
            .takeOver, .delete([LDEVNumber(0)]), .marks(LDEVNumber(2), firstWord: 17, words: [1, .max, 0]),
            .ready(start: SequenceNumber(1)), .done,
        ] + SuspendCause.allCases.map { .suspended($0) } + Refusal.allCases.map { .refused($0) }

    static let everyTransition: [StreamTransition] =
        [.copyComplete([]), .copyComplete([LDEVNumber(3), LDEVNumber(4)])]
        + SuspendCause.allCases.map { .suspend([LDEVNumber(1)], $0, secondaryWritable: $0 == .byOperator) }

    @Test(arguments: everyMessage)
    func messagesComeBack(message: PeerMessage) throws {
        #expect(try PeerMessage(decoding: message.encoded()) == message)
        Damage.tryAll(message.encoded(), isSummed: false) { bytes throws(WireError) in
            _ = try PeerMessage(decoding: bytes)
        }
    }

    /// A change here is another version of the link (`LinkHello.currentVersion`).
    @Test func theFieldsOfASwapLieWhereTheyAlwaysLay() {
        let swap = PeerMessage.swap(
            epoch: Epoch(0x1413_1211), start: SequenceNumber(0x2827_2625_2423_2221),
            believedPaired: [LDEVNumber(0x3231), LDEVNumber(0x3433)])
        let fields: [[UInt8]] = [
            [5], [0x11, 0x12, 0x13, 0x14], Array(0x21...0x28), [2, 0, 0, 0], [0x31, 0x32], [0x33, 0x34],
        ]
        #expect(swap.encoded() == fields.flatMap { $0 })
        #expect(LinkHello.currentVersion == 3)
    }

    /// The same here.
    @Test func theFieldsOfAJoinLieWhereTheyAlwaysLay() {
        let join = PeerMessage.join(
            PeerJoin(
                members: [
                    .init(ldev: LDEVNumber(0x1211), remote: LDEVNumber(0x2221), byteCount: 0x3837_3635_3433_3231)
                ],
                mode: .asynchronous, copiesData: true, trackBytes: 0x4443_4241, epoch: Epoch(0x5453_5251),
                start: SequenceNumber(0x6867_6665_6463_6261), copyPace: 0x71))
        let fields: [[UInt8]] = [
            [14], [1, 0, 0, 0], [0x11, 0x12], [0x21, 0x22], Array(0x31...0x38), [4], [1], Array(0x41...0x44),
            Array(0x51...0x54), Array(0x61...0x68), [0x71],
        ]
        #expect(join.encoded() == fields.flatMap { $0 })
        #expect(LinkHello.currentVersion == 3)
    }

    @Test(arguments: everyTransition)
    func transitionsComeBack(transition: StreamTransition) throws {
        #expect(try StreamTransition(decoding: transition.encoded()) == transition)
        Damage.tryAll(transition.encoded(), isSummed: false) { bytes throws(WireError) in
            _ = try StreamTransition(decoding: bytes)
        }
    }

    @Test func headersComeBackAndDamageIsNoticed() throws {
        for kind in FrameKind.allCases {
            let header = FrameHeader(
                kind: kind, group: GroupIdentifier(creator: ArraySerial(353_010), counter: 5), epoch: Epoch(2),
                payloadBytes: 4096, sequence: SequenceNumber(77), offset: 1 << 33, extentBytes: 4096,
                ldev: LDEVNumber(0x240), flags: 1, payloadChecksum: 0xDEAD_BEEF)
            let bytes = encoded(header)
            #expect(bytes.count == 64)
            #expect(try decoded(bytes) == header)
            Damage.tryAll(bytes, isSummed: true) { bytes throws(WireError) in _ = try self.decoded(bytes) }
        }
    }

    @Test func aPayloadBeyondTheLargestIsRefused() {
        let header = FrameHeader(kind: .write, payloadBytes: UInt32(FrameHeader.largestPayload + 1))
        #expect(throws: WireError.unknownValue(field: "payload length")) { try decoded(encoded(header)) }
    }

    @Test func theFieldsOfAHeaderLieWhereTheyAlwaysLay() {
        let header = FrameHeader(
            kind: .copy, group: GroupIdentifier(0x0807_0605_0403_0201), epoch: Epoch(0x1413_1211),
            payloadBytes: 0x0003_2221, sequence: SequenceNumber(0x3837_3635_3433_3231),
            offset: 0x4847_4645_4443_4241, extentBytes: 0x5857_5655_5453_5251, ldev: LDEVNumber(0x6261),
            flags: 0x7271, payloadChecksum: 0x8483_8281)
        let bytes = encoded(header)
        #expect(Array(bytes[0..<8]) == [0x41, 0x42, 0x4C, 0x4B, 1, 0, 3, 0])
        #expect(Array(bytes[8..<16]) == Array(1...8))
        #expect(Array(bytes[16..<24]) == [0x11, 0x12, 0x13, 0x14, 0x21, 0x22, 0x03, 0])
        #expect(Array(bytes[24..<32]) == Array(0x31...0x38))
        #expect(Array(bytes[32..<40]) == Array(0x41...0x48))
        #expect(Array(bytes[40..<48]) == Array(0x51...0x58))
        #expect(Array(bytes[48..<56]) == [0x61, 0x62, 0x71, 0x72, 0x81, 0x82, 0x83, 0x84])
        #expect(Array(bytes[56..<60]) == [0, 0, 0, 0])
    }

    @Test func theChecksumIsCastagnolis() {
        #expect(Checksum.crc32c("123456789".utf8) == 0xE306_9283)
        #expect(Checksum.crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    }

    @Test func recordsComeBackAndDamageIsNoticed() throws {
        for mode in ReplicationMode.allCases {
            for role in Role.allCases {
                var record = GroupRecord(
                    id: GroupIdentifier(9), localSerial: ArraySerial(1), remoteSerial: ArraySerial(2),
                    consistencyGroup: mode == .asynchronous ? 4 : nil, role: role, mode: mode, epoch: Epoch(3),
                    slotCount: 64, sideFileTimeout: role == .primary ? .seconds(60) : nil,
                    pairs: PairStatus.allCases.map(Self.pair))
                #expect(try GroupRecord(decoding: record.encoded()) == record)
                // As the first version wrote it, which knew no journals.
                #expect(Array(record.encoded()[4..<6]) == [1, 0])
                let count = record.encoded().count
                if mode == .asynchronous { record.journals = JournalNumbers(local: 0xA1, remote: 0xA2) }
                #expect(record.encoded().count == count + (mode == .asynchronous ? 2 : 0))
                #expect(try GroupRecord(decoding: record.encoded()) == record)
                if mode == .asynchronous { record.linkTimeout = .seconds(60) }
                #expect(Array(record.encoded()[4..<6]) == [mode == .asynchronous ? 3 : 1, 0])
                #expect(try GroupRecord(decoding: record.encoded()) == record)
                Damage.tryAll(record.encoded(), isSummed: true) { bytes throws(WireError) in
                    _ = try GroupRecord(decoding: bytes)
                }
            }
        }
    }

    /// A group that pairs joined, or that is held, is written as version 4, and fits where room was kept for it.
    @Test func aRecordGrows() throws {
        let record = GroupRecord(
            id: GroupIdentifier(9), localSerial: ArraySerial(1), remoteSerial: ArraySerial(2), consistencyGroup: nil,
            role: .secondary, mode: .asynchronous, epoch: Epoch(3), slotCount: 64,
            pairs: PairStatus.allCases.map(Self.pair))
        #expect(Array(record.encoded()[4..<6]) == [1, 0] && record.foundingPlaces == record.pairs.count)
        var grown = record.withPlaces(for: [Self.pair(.copying)])
        #expect(grown.pairs.count == record.pairs.count + 1 && grown.foundingPlaces == record.foundingPlaces)
        #expect(grown.pairs.last?.isDeleted == true && grown.pairs.last?.status.isReplicating == false)
        var joined = record
        joined.pairs[0].since = SequenceNumber(0x1122)
        var unconfirmed = record
        unconfirmed.pairs[1].isUnconfirmed = true
        var held = record
        held.isHeld = true
        grown.linkTimeout = .seconds(9)
        grown.journals = JournalNumbers(local: 3, remote: 4)
        grown.sideFileTimeout = .seconds(1)
        grown.consistencyGroup = 7
        for each in [grown, joined, unconfirmed, held] {
            #expect(Array(each.encoded()[4..<6]) == [4, 0])
            #expect(try GroupRecord(decoding: each.encoded()) == each)
            #expect(each.encoded().count <= each.byteCountMaximum)
            Damage.tryAll(each.encoded(), isSummed: true) { bytes throws(WireError) in
                _ = try GroupRecord(decoding: bytes)
            }
        }
        #expect(grown.encoded().count == grown.byteCountMaximum)
    }

    private static func pair(_ status: PairStatus) -> PairRecord {
        var pair = PairRecord(
            local: LDEVNumber(1), remote: LDEVNumber(2),
            layout: TrackLayout(volumeBytes: 100_000, trackBytes: 65_536), status: status, isUsable: true)
        pair.isFenced = status == .suspended(.byFault)
        pair.isSecondaryHostWritable = status == .suspended(.byOperator)
        pair.isPrimaryWriteProtected = status == .takenOver
        pair.isDeleted = status == .copying
        return pair
    }

    private func encoded(_ header: FrameHeader) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xFF, count: FrameHeader.byteCount)
        unsafe bytes.withUnsafeMutableBytes { unsafe header.encode(into: $0) }
        return bytes
    }
    private func decoded(_ bytes: [UInt8]) throws(WireError) -> FrameHeader {
        let result = unsafe bytes.withUnsafeBytes { raw -> Result<FrameHeader, WireError> in
            Result { () throws(WireError) in try unsafe FrameHeader(decoding: raw) }
        }
        return try result.get()
    }

    @Test func textIsWholeOrRefused() throws {
        // 65,534 bytes, and a character of two bytes that does not fit behind them any more.
        let long = String(repeating: "a", count: 65_534) + "ü"
        var writer = WireWriter()
        writer.write(long)
        var reader = WireReader(writer.bytes)
        #expect(try reader.readText() == String(repeating: "a", count: 65_534))
        var halved = WireReader([1, 0, 0xC3])
        #expect(throws: WireError.unknownValue(field: "text")) { try halved.readText() }
    }
}

/// Every truncation, every flipped bit and a byte too many.
enum Damage {
    /// - Parameter isSummed: whether a checksum covers the bytes, so that every flipped bit must be an error.
    static func tryAll(_ bytes: [UInt8], isSummed: Bool, _ decode: ([UInt8]) throws(WireError) -> Void) {
        for count in 0..<bytes.count where succeeds(Array(bytes.prefix(count)), decode) {
            Issue.record("\(count) of \(bytes.count) bytes were accepted")
        }
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            if succeeds(damaged, decode), isSummed { Issue.record("bit \(bit) was flipped unnoticed") }
        }
        if succeeds(bytes + [0], decode), !isSummed { Issue.record("a byte too many was accepted") }
    }

    private static func succeeds(_ bytes: [UInt8], _ decode: ([UInt8]) throws(WireError) -> Void) -> Bool {
        do { try decode(bytes) } catch { return false }
        return true
    }
}
