// What a file must hold: bytes in memory, and what each operation does to them. The exerciser compares its reads with it;
// the check plays the record into it. Pure.
//
// A file is thought of as endless, with zeros after its end: cutting it puts zeros where data were, and whatever makes it
// longer shows zeros that were always there.

package struct FileModel: Hashable, Sendable {
    package private(set) var bytes: [UInt8]
    package private(set) var size = 0

    package init(limit: Int) { bytes = Array(repeating: 0, count: limit) }

    /// The byte that operation `sequence` puts at `place`: any two operations differ nearly everywhere.
    package static func value(_ run: UInt64, _ sequence: UInt64, _ place: Int) -> UInt8 {
        var word = run ^ sequence &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(place / 8) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 31)) &* 0x94D0_49BB_1331_11EB
        return UInt8(truncatingIfNeeded: (word ^ (word >> 29)) >> UInt64(place % 8 * 8))
    }

    /// Which bytes an operation changes, given the size before it; nil if it changes none.
    package func reach(of operation: LoadOperation) -> Range<Int>? {
        let offset = Int(operation.offset)
        switch operation.kind {
        case .write, .mappedWrite, .punchHole: return offset..<offset + Int(operation.length)
        case .truncate: return offset < size ? offset..<size : nil
        case .flush, .discard: return nil
        }
    }

    /// The size after an operation.
    package func size(after operation: LoadOperation) -> Int {
        switch operation.kind {
        case .write: max(size, Int(operation.end))
        case .truncate: Int(operation.offset)
        case .mappedWrite, .punchHole, .flush, .discard: size
        }
    }

    package mutating func apply(_ operation: LoadOperation, run: UInt64) {
        let newSize = size(after: operation)
        if let reach = reach(of: operation) {
            let writes = operation.kind == .write || operation.kind == .mappedWrite
            for place in reach { bytes[place] = writes ? Self.value(run, operation.sequence, place) : 0 }
        }
        size = newSize
    }
}
