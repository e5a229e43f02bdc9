// One byte for each term, for wire and NVRAM. Codes are never reused.

extension ReplicationMode {
    package var code: UInt8 {
        switch self {
        case .synchronous(let fence): fence.rawValue
        case .asynchronous: 4
        }
    }
    package init(code: UInt8) throws(WireError) {
        if code == 4 {
            self = .asynchronous
        } else if let fence = FencePolicy(rawValue: code) {
            self = .synchronous(fence)
        } else {
            throw .unknownValue(field: "replication mode")
        }
    }
    package var isSynchronous: Bool { self != .asynchronous }
}

extension PairStatus {
    package var code: UInt8 {
        switch self {
        case .copying: 1
        case .paired: 2
        case .takenOver: 3
        case .suspended(let cause): 0x10 | cause.rawValue
        }
    }
    package init(code: UInt8) throws(WireError) {
        switch code {
        case 1: self = .copying
        case 2: self = .paired
        case 3: self = .takenOver
        case _:
            guard code & 0xF0 == 0x10, let cause = SuspendCause(rawValue: code & 0x0F) else {
                throw .unknownValue(field: "pair status")
            }
            self = .suspended(cause)
        }
    }
}
