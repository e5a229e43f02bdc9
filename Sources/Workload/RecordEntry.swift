// One line of a load's record: an operation that begins, or its answer. 64 bytes, so that none straddles a page.
//
//   byte   0         8     9     10    12      16      24      32           40          48     56    58   60    64
//          ├─────────┼─────┼─────┼─────┼───────┼───────┼───────┼────────────┼───────────┼──────┼─────┼────┼─────┤
//          │sequence │event│kind │ vol │ errno │offset │length │ time (ns,  │precedent's│entry │thr. │ 0  │ sum │
//          │         │     │     │     │       │       │       │ monotonic) │ sequence  │number│     │    │     │
//          └─────────┴─────┴─────┴─────┴───────┴───────┴───────┴────────────┴───────────┴──────┴─────┴────┴─────┘
//   sum: CRC-32C of bytes 0 ..< 60, never 0 (a sum of 0 is stored as 0xFFFFFFFF). It is stored last: an entry whose sum
//   is still 0 was not completed, which happens to the last one when its writer is killed. Any other wrong sum is damage.
//
// The order of the entries is the order of the events: an operation whose beginning stands after another's answer was
// given to the kernel after that answer. The judge uses this order, not the times.

internal import Platform

/// What was done to a volume or a file.
package enum OperationKind: UInt8, Hashable, Sendable, CaseIterable {
    case write = 1
    case discard = 2
    /// fdatasync on a volume, fsync on a file.
    case flush = 3
    /// The file exerciser's own: `offset` is the new size.
    case truncate = 4
    /// Stores through a mapping, then msync.
    case mappedWrite = 5
    /// A hole punched into a file; its size stays.
    case punchHole = 6

    package var changesData: Bool { self != .flush }
}

package struct RecordEntry: Hashable, Sendable {
    package enum Event: UInt8, Hashable, Sendable {
        case begun = 1
        case ended = 2
        /// The load ended in an orderly way; operations without an answer will not get one. `sequence` is 0.
        case closed = 3
    }

    package static let byteCount = 64

    package var event: Event
    package var kind: OperationKind
    package var sequence: UInt64
    package var volume: UInt16 = 0
    /// 0 is an acknowledgement. Only for `ended`.
    package var errno: Int32 = 0
    package var offset: UInt64 = 0
    package var length: UInt64 = 0
    package var nanoseconds: UInt64 = 0
    package var precedent: UInt64 = 0
    package var thread: UInt16 = 0

    package init(event: Event, kind: OperationKind, sequence: UInt64) {
        self.event = event
        self.kind = kind
        self.sequence = sequence
    }

    /// Stores all but the sum, which the caller stores last. // hot
    func put(_ place: UnsafeMutableRawBufferPointer, number: UInt64) -> UInt32 {
        unsafe place.put(sequence, 0)
        unsafe place.put(event.rawValue, 8)
        unsafe place.put(kind.rawValue, 9)
        unsafe place.put(volume, 10)
        unsafe place.put(errno, 12)
        unsafe place.put(offset, 16)
        unsafe place.put(length, 24)
        unsafe place.put(nanoseconds, 32)
        unsafe place.put(precedent, 40)
        unsafe place.put(number, 48)
        unsafe place.put(thread, 56)
        unsafe place.put(UInt16(0), 58)
        return unsafe Self.sum(UnsafeRawBufferPointer(place))
    }

    static func sum(_ place: UnsafeRawBufferPointer) -> UInt32 {
        let sum = unsafe payloadChecksum(UnsafeRawBufferPointer(rebasing: place[0..<60]))
        return sum == 0 ? ~0 : sum
    }

    /// Reads an entry whose sum is right; nil if a field has no meaning or it is not number `number`.
    init?(_ place: UnsafeRawBufferPointer, number: UInt64) {
        guard unsafe place.get(UInt64.self, 48) == number,
            let event = unsafe Event(rawValue: place.get(UInt8.self, 8)),
            let kind = unsafe OperationKind(rawValue: place.get(UInt8.self, 9))
        else { return nil }
        self.event = event
        self.kind = kind
        unsafe sequence = place.get(UInt64.self, 0)
        unsafe volume = place.get(UInt16.self, 10)
        unsafe errno = place.get(Int32.self, 12)
        unsafe offset = place.get(UInt64.self, 16)
        unsafe length = place.get(UInt64.self, 24)
        unsafe nanoseconds = place.get(UInt64.self, 32)
        unsafe precedent = place.get(UInt64.self, 40)
        unsafe thread = place.get(UInt16.self, 56)
    }
}
