// Hostile input: whatever bytes come from a file, a command line, a socket or a device, nothing traps and nothing is taken
// by half. Each target is one way in, with a property that must hold for every input.
//
// The same targets are run twice: by libFuzzer, for as long as one likes (`fuzz/run.sh`, `make fuzz`), and by `FuzzTests`, in
// the ordinary test run, over the committed corpus and seeded mutations of it.

package struct FuzzTarget: Sendable {
    /// The name of its folder in `fuzz/corpus`.
    package let name: String
    /// What its input stands for.
    package let summary: String
    /// Inputs to begin with: real ones.
    package let seeds: @Sendable () -> [FuzzSeed]
    /// - Returns: what was wrong, or nil. A trap is wrong too.
    package let fault: @Sendable ([UInt8]) -> String?

    package init(
        _ name: String, _ summary: String, seeds: @escaping @Sendable () -> [FuzzSeed],
        fault: @escaping @Sendable ([UInt8]) -> String?
    ) {
        self.name = name
        self.summary = summary
        self.seeds = seeds
        self.fault = fault
    }

    package static let all: [FuzzTarget] = [
        configuration, commandLine, arrayRequest, arrayReply, instanceRequest, instanceReply, datagram,
    ]

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

package struct FuzzSeed: Hashable, Sendable {
    /// The name of its file.
    package let name: String
    package let bytes: [UInt8]

    package init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Named by what it holds (FNV-1a): a seed more changes no other's name. A CRC would not tell messages apart that end
    /// with their own.
    init(_ bytes: [UInt8], of kind: String) {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
        self.init("\(kind)-\(String(hash, radix: 36))", bytes)
    }
}

/// Cuts an input into pieces: a length of two bytes, then as many bytes, as far as there are some.
struct FuzzPieces: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() -> [UInt8]? {
        guard rest.count >= 2 else { return nil }
        let count = Int(rest.removeFirst()) | Int(rest.removeFirst()) << 8
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// The bytes of which `pieces` are the pieces.
    static func joined(_ pieces: [[UInt8]]) -> [UInt8] {
        pieces.flatMap { [UInt8(truncatingIfNeeded: $0.count), UInt8(truncatingIfNeeded: $0.count >> 8)] + $0 }
    }
}
