// What two arrays say to each other about one group outside the order of its writes: requests, their answers, and the
// greeting after each connection. And the changes of state that travel inside the order.

/// A change of a pair's state at its place in the stream.
package enum StreamTransition: Hashable, Sendable {
    /// The copy is complete: the secondary is a point in time again.
    case copyComplete([LDEVNumber])
    /// The primary suspended.
    case suspend([LDEVNumber], SuspendCause, secondaryWritable: Bool)
}

/// One pair in a greeting or an order, named by the sender's volume.
package struct PeerPair: Hashable, Sendable {
    package var local: LDEVNumber
    package var remote: LDEVNumber
    package var status: PairStatus
    package var isUsable: Bool
    package init(local: LDEVNumber, remote: LDEVNumber, status: PairStatus, isUsable: Bool) {
        self.local = local
        self.remote = remote
        self.status = status
        self.isUsable = isUsable
    }
}

/// What each side says of a group when the link comes up.
package struct PeerGreeting: Hashable, Sendable {
    package var role: Role
    package var epoch: Epoch
    package var applied: SequenceNumber
    package var pairs: [PeerPair]
    package init(role: Role, epoch: Epoch, applied: SequenceNumber, pairs: [PeerPair]) {
        self.role = role
        self.epoch = epoch
        self.applied = applied
        self.pairs = pairs
    }
}

/// The order to make the secondary half of a group.
package struct PeerCreation: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        /// On the array that receives the order.
        package var ldev: LDEVNumber
        package var remote: LDEVNumber
        package var byteCount: UInt64
        package init(ldev: LDEVNumber, remote: LDEVNumber, byteCount: UInt64) {
            self.ldev = ldev
            self.remote = remote
            self.byteCount = byteCount
        }
    }
    package var members: [Member]
    package var mode: ReplicationMode
    package var consistencyGroup: UInt8?
    package var copiesData: Bool
    package var trackBytes: UInt32
    package var epoch: Epoch
    package var copyPace: UInt8
    /// As the array names them that receives the order; nil for side files.
    package var journals: JournalNumbers?
    /// The pairs are made suspended, and nothing is copied.
    package var startsSuspended: Bool
    package init(
        members: [Member], mode: ReplicationMode, consistencyGroup: UInt8?, copiesData: Bool, trackBytes: UInt32,
        epoch: Epoch, copyPace: UInt8, journals: JournalNumbers? = nil, startsSuspended: Bool = false
    ) {
        self.members = members
        self.mode = mode
        self.consistencyGroup = consistencyGroup
        self.copiesData = copiesData
        self.trackBytes = trackBytes
        self.epoch = epoch
        self.copyPace = copyPace
        self.journals = journals
        self.startsSuspended = startsSuspended
    }
}

/// The order to take further pairs into a group whose stream is running.
package struct PeerJoin: Hashable, Sendable {
    package var members: [PeerCreation.Member]
    package var mode: ReplicationMode
    package var copiesData: Bool
    package var trackBytes: UInt32
    /// Of the running stream.
    package var epoch: Epoch
    /// The first frame that can be about the new pairs.
    package var start: SequenceNumber
    package var copyPace: UInt8
    package init(
        members: [PeerCreation.Member], mode: ReplicationMode, copiesData: Bool, trackBytes: UInt32, epoch: Epoch,
        start: SequenceNumber, copyPace: UInt8
    ) {
        self.members = members
        self.mode = mode
        self.copiesData = copiesData
        self.trackBytes = trackBytes
        self.epoch = epoch
        self.start = start
        self.copyPace = copyPace
    }

    /// The pairs as the array keeps them that receives the order.
    package var pairs: [PairRecord] {
        members.map { member in
            var pair = PairRecord(
                local: member.ldev, remote: member.remote,
                layout: TrackLayout(volumeBytes: member.byteCount, trackBytes: trackBytes),
                status: copiesData ? .copying : .paired, isUsable: !copiesData, copyPace: copyPace)
            pair.since = start
            pair.isUnconfirmed = true
            return pair
        }
    }
}

package enum PeerMessage: Hashable, Sendable {
    case greeting(PeerGreeting)
    /// Answer to a greeting or request about a group that does not exist here (any more).
    case unknownGroup
    case create(PeerCreation)
    case join(PeerJoin)
    /// Primary to secondary: give me your marks and take a copy of these volumes (the receiver's numbers).
    case resynchronise([LDEVNumber], epoch: Epoch, start: SequenceNumber, mode: ReplicationMode)
    /// Secondary to primary: finish what is under way, become the secondary, give me your marks. `believedPaired`: the
    /// pairs (the receiver's numbers) that the sender calls paired, if its own operator asked: nobody has decided that its
    /// data of those win.
    case swap(epoch: Epoch, start: SequenceNumber, believedPaired: [LDEVNumber])
    /// Primary to secondary: ask me for a swap.
    case requestSwap(copyPace: UInt8?)
    /// Secondary to primary: send what is under way and suspend; I take over.
    case takeOver
    /// Primary to secondary: the pairs of these volumes (the receiver's numbers) no longer exist.
    case delete([LDEVNumber])
    /// Words of the sender's bitmap for the volume (the receiver's number). Words that are zero are left out.
    case marks(LDEVNumber, firstWord: UInt32, words: [UInt64])
    /// Marks are all sent, the sender has changed its role or state; the stream of the epoch starts at `start`.
    case ready(start: SequenceNumber)
    /// The primary is suspended; said when the secondary could not be told in the stream.
    case suspended(SuspendCause)
    case done
    case refused(Refusal)
}

extension StreamTransition {
    package func encoded() -> [UInt8] {
        var w = WireWriter()
        switch self {
        case .copyComplete(let ldevs):
            w.write(UInt8(1))
            w.write(each: ldevs) { $0.write($1.value) }
        case .suspend(let ldevs, let cause, let writable):
            w.write(UInt8(2))
            w.write(each: ldevs) { $0.write($1.value) }
            w.write(cause.rawValue)
            w.write(writable)
        }
        return w.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = WireReader(bytes)
        let kind = try r.read(UInt8.self)
        let ldevs = try r.readEach { (r) throws(WireError) in LDEVNumber(try r.read()) }
        switch kind {
        case 1: self = .copyComplete(ldevs)
        case 2:
            self = .suspend(
                ldevs, try SuspendCause.read(from: &r, field: "cause"), secondaryWritable: try r.readFlag())
        case _: throw .unknownValue(field: "transition")
        }
        try r.finish()
    }
}

extension PeerMessage {
    package func encoded() -> [UInt8] {
        var w = WireWriter()
        switch self {
        case .greeting(let greeting):
            w.write(UInt8(1))
            w.write(greeting.role.rawValue)
            w.write(greeting.epoch.value)
            w.write(greeting.applied.value)
            w.write(each: greeting.pairs) {
                $0.write($1.local.value)
                $0.write($1.remote.value)
                $0.write($1.status.code)
                $0.write($1.isUsable)
            }
        case .unknownGroup: w.write(UInt8(2))
        case .create(let creation):
            w.write(UInt8(3))
            w.write(creation.members)
            w.write(creation.mode.code)
            w.write(optional: creation.consistencyGroup) { $0.write($1) }
            w.write(creation.copiesData)
            w.write(creation.trackBytes)
            w.write(creation.epoch.value)
            w.write(creation.copyPace)
            w.write(optional: creation.journals) { $0.write($1) }
            w.write(creation.startsSuspended)
        case .join(let order):
            w.write(UInt8(14))
            w.write(order.members)
            w.write(order.mode.code)
            w.write(order.copiesData)
            w.write(order.trackBytes)
            w.write(order.epoch.value)
            w.write(order.start.value)
            w.write(order.copyPace)
        case .resynchronise(let ldevs, let epoch, let start, let mode):
            w.write(UInt8(4))
            w.write(each: ldevs) { $0.write($1.value) }
            w.write(epoch.value)
            w.write(start.value)
            w.write(mode.code)
        case .swap(let epoch, let start, let believedPaired):
            w.write(UInt8(5))
            w.write(epoch.value)
            w.write(start.value)
            w.write(each: believedPaired) { $0.write($1.value) }
        case .requestSwap(let pace):
            w.write(UInt8(6))
            w.write(optional: pace) { $0.write($1) }
        case .takeOver: w.write(UInt8(7))
        case .delete(let ldevs):
            w.write(UInt8(8))
            w.write(each: ldevs) { $0.write($1.value) }
        case .marks(let ldev, let firstWord, let words):
            w.write(UInt8(9))
            w.write(ldev.value)
            w.write(firstWord)
            w.write(each: words) { $0.write($1) }
        case .ready(let start):
            w.write(UInt8(10))
            w.write(start.value)
        case .suspended(let cause):
            w.write(UInt8(11))
            w.write(cause.rawValue)
        case .done: w.write(UInt8(12))
        case .refused(let refusal):
            w.write(UInt8(13))
            w.write(refusal.rawValue)
        }
        return w.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = WireReader(bytes)
        switch try r.read(UInt8.self) {
        case 1:
            self = .greeting(
                PeerGreeting(
                    role: try Role.read(from: &r, field: "role"), epoch: Epoch(try r.read()),
                    applied: SequenceNumber(try r.read()),
                    pairs: try r.readEach { (r) throws(WireError) in
                        PeerPair(
                            local: LDEVNumber(try r.read()), remote: LDEVNumber(try r.read()),
                            status: try PairStatus(code: try r.read()), isUsable: try r.readFlag())
                    }))
        case 2: self = .unknownGroup
        case 3:
            self = .create(
                PeerCreation(
                    members: try r.readMembers(),
                    mode: try ReplicationMode(code: try r.read()),
                    consistencyGroup: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
                    copiesData: try r.readFlag(), trackBytes: try r.read(), epoch: Epoch(try r.read()),
                    copyPace: try r.read(),
                    journals: try r.readOptional { (r) throws(WireError) in try r.readJournals() },
                    startsSuspended: try r.readFlag()))
        case 4:
            self = .resynchronise(
                try r.readEach { (r) throws(WireError) in LDEVNumber(try r.read()) }, epoch: Epoch(try r.read()),
                start: SequenceNumber(try r.read()), mode: try ReplicationMode(code: try r.read()))
        case 5:
            self = .swap(
                epoch: Epoch(try r.read()), start: SequenceNumber(try r.read()),
                believedPaired: try r.readEach { (r) throws(WireError) in LDEVNumber(try r.read()) })
        case 6: self = .requestSwap(copyPace: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
        case 7: self = .takeOver
        case 8: self = .delete(try r.readEach { (r) throws(WireError) in LDEVNumber(try r.read()) })
        case 9:
            self = .marks(
                LDEVNumber(try r.read()), firstWord: try r.read(),
                words: try r.readEach { (r) throws(WireError) in try r.read(UInt64.self) })
        case 10: self = .ready(start: SequenceNumber(try r.read()))
        case 11: self = .suspended(try SuspendCause.read(from: &r, field: "cause"))
        case 12: self = .done
        case 13: self = .refused(try Refusal.read(from: &r, field: "refusal"))
        case 14:
            self = .join(
                PeerJoin(
                    members: try r.readMembers(), mode: try ReplicationMode(code: try r.read()),
                    copiesData: try r.readFlag(), trackBytes: try r.read(), epoch: Epoch(try r.read()),
                    start: SequenceNumber(try r.read()), copyPace: try r.read()))
        case _: throw .unknownValue(field: "peer message")
        }
        try r.finish()
    }
}

extension WireWriter {
    fileprivate mutating func write(_ members: [PeerCreation.Member]) {
        write(each: members) {
            $0.write($1.ldev.value)
            $0.write($1.remote.value)
            $0.write($1.byteCount)
        }
    }
}

extension WireReader {
    fileprivate mutating func readMembers() throws(WireError) -> [PeerCreation.Member] {
        try readEach { (r) throws(WireError) in
            PeerCreation.Member(
                ldev: LDEVNumber(try r.read()), remote: LDEVNumber(try r.read()), byteCount: try r.read())
        }
    }
}
