// How the things of the core are called in a timeline.

internal import ReplicationCore

extension PairStatus {
    var told: String {
        switch self {
        case .copying: "copying"
        case .paired: "paired"
        case .takenOver: "taken over"
        case .suspended(.byOperator): "suspended by an operator"
        case .suspended(.byFault): "suspended by a fault"
        case .suspended(.sideFileFull): "suspended by a full side file"
        }
    }
}

extension FrameHeader {
    var told: String {
        switch kind {
        case .write: "write, number \(sequence.value), volume \(ldev.value & 0xF)"
        case .zero: "discard, number \(sequence.value), volume \(ldev.value & 0xF)"
        case .copy: "copy, number \(sequence.value), volume \(ldev.value & 0xF)"
        case .transition: "change of state, number \(sequence.value)"
        case .void: "nothing, number \(sequence.value)"
        case .acknowledgement: "acknowledgement of everything up to \(sequence.value)"
        case .applyFailure: "number \(sequence.value) could not be applied"
        case .control: "message"
        case .heartbeat: "heartbeat"
        }
    }
}

extension PeerMessage {
    var told: String {
        switch self {
        case .greeting(let peer):
            "I am \(peer.role), epoch \(peer.epoch.value), applied up to \(peer.applied.value): "
                + peer.pairs.map { $0.status.told + ($0.isUsable ? "" : " (unusable)") }.joined(separator: ", ")
        case .unknownGroup: "I do not know this group"
        case .create(let creation): "make the other half\(creation.copiesData ? "" : ", without a copy")"
        case .join(let order):
            "take in \(Self.volumes(order.members.map(\.ldev))) from \(order.start.value)"
                + (order.copiesData ? "" : ", without a copy")
        case .resynchronise(let ldevs, let epoch, let start, _):
            "take a copy of \(Self.volumes(ldevs)): epoch \(epoch.value) from \(start.value)"
        case .swap(let epoch, let start, let believed):
            "exchange the roles: epoch \(epoch.value) from \(start.value)"
                + (believed.isEmpty ? "" : ", \(Self.volumes(believed)) being equal")
        case .requestSwap: "ask me for a swap"
        case .takeOver: "I take over"
        case .delete(let ldevs): "delete \(Self.volumes(ldevs))"
        case .marks(let ldev, let first, let words):
            "my marks of volume \(ldev.value & 0xF) from word \(first): "
                + words.map { String($0, radix: 2) }.joined(separator: " ")
        case .ready(let start): "ready from \(start.value)"
        case .suspended(let cause): PairStatus.suspended(cause).told
        case .done: "done"
        case .refused(let refusal): "refused: \(refusal)"
        }
    }

    static func volumes(_ ldevs: [LDEVNumber]) -> String {
        "volume " + ldevs.map { String($0.value & 0xF) }.joined(separator: ", ")
    }
}

extension StreamTransition {
    var told: String {
        switch self {
        case .copyComplete(let ldevs): "the copy of \(PeerMessage.volumes(ldevs)) is complete"
        case .suspend(let ldevs, let cause, let writable):
            "\(PeerMessage.volumes(ldevs)) \(PairStatus.suspended(cause).told)\(writable ? ", writable" : "")"
        }
    }
}

extension GroupEffect {
    var told: String {
        switch self {
        case .persist: "stores its record"
        case .send(let message): "says: \(message.told)"
        case .place(let transition, let sequence, _): "places number \(sequence.value): \(transition.told)"
        case .placeVoid(let sequence, _): "places number \(sequence.value), which says nothing"
        case .acknowledge(let sequence, _): "owes an acknowledgement of everything up to \(sequence.value)"
        case .complete(let slot, let succeeded): "answers slot \(slot): \(succeeded ? "done" : "failed")"
        case .wakeWriters: "wakes its writers"
        case .copy: "has tracks to copy"
        case .finished(let token, nil): "request \(token.value) is done"
        case .finished(let token, let refusal?): "request \(token.value) is refused: \(refusal)"
        case .removed(let ldevs): "has no pair for \(PeerMessage.volumes(ldevs)) any more"
        case .joined(let places): "has new pairs for volume \(places.map(String.init).joined(separator: ", "))"
        case .dropLink: "drops the link"
        case .note(.status(let ldev, let role, let status)): "volume \(ldev.value & 0xF) is \(status.told) (\(role))"
        case .note(.roleIsNow(let role)): "is \(role) now"
        case .note(.interruptedWritesMarked(let count)): "marks \(count) interrupted writes"
        case .note(.goesOnFromJournal(let count)): "goes on with \(count) frames of its journal"
        case .note(.peerDisagrees): "notes that the other array disagrees"
        }
    }
}

extension PairSet {
    var told: String { "volume " + indices.map(String.init).joined(separator: ", ") }
}

extension Command {
    var told: String {
        switch self {
        case .create(let copies): copies ? "create the pairs" : "create the pairs without a copy"
        case .join(let pairs, let copies): "take \(pairs.told) in\(copies ? "" : " without a copy")"
        case .split(let pairs, let writable, let protects):
            "split \(pairs.told)\(writable ? ", secondary writable" : "")\(protects ? ", primary protected" : "")"
        case .resynchronise(let pairs, let fence):
            "resynchronise \(pairs.told)" + (fence.map { " with fence \($0)" } ?? "")
        case .swap: "swap the roles"
        case .takeOver: "take over"
        case .rollBack: "roll the takeover back"
        case .lowerFence(let pairs): "lower the fence of \(pairs.told)"
        case .delete(let pairs, let localOnly): "delete \(pairs.told)\(localOnly ? ", here only" : "")"
        }
    }
}
