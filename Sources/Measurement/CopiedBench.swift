// Two arrays between which volumes are copied: the bench of the sections about resynchronisation and links.

internal import Bench
internal import Foundation

/// Arrays east and west and one link. 00:10 is simplex; 00:11 is paired and split at will (group `copied`); 00:12 is in a
/// synchronous pair (fence DATA) and 00:13 in an asynchronous one that stay as they are, all over the same link.
struct CopiedBench: Sendable {
    enum LinkKind: String, CaseIterable, Sendable {
        case unix
        case tcp

        var title: String { self == .unix ? "Unix socket" : "TCP" }
    }

    let layout: BenchLayout
    let kind: LinkKind
    /// Of 00:10 and 00:11. The volumes beside are smaller: they are only written over and over.
    let volumeBytes: Int

    static let (near, far) = ("east", "west")
    static let simplex = "00:10"
    static let copied = "00:11"
    static let synchronous = "00:12"
    static let asynchronous = "00:13"
    static let besideBytes = 64 << 20
    static let trackBytes = 64 << 10
    private static let link = "line"
    private static let group = "copied"
    /// As fast as `paircreate -c` goes: 15 tracks in a frame, five frames under way. There is no other throttle for copies.
    private static let fastest = ["-c", "15"]

    init(folder: String, kind: LinkKind, volumeBytes: Int) {
        layout = BenchLayout(root: "\(folder)/\(kind.rawValue)")
        self.kind = kind
        self.volumeBytes = volumeBytes
    }

    var trackCount: Int { (volumeBytes + Self.trackBytes - 1) / Self.trackBytes }

    func target(_ name: String, _ ldev: String) -> Target {
        Target(name, layout.device(of: ldev, array: Self.near), .fuse)
    }

    func up() async throws(BenchFailure) { _ = try await Bench.up(layout, file: (yaml, "measurement")) }

    func down() async {
        guard FileManager.default.fileExists(atPath: layout.root) else { return }
        _ = try? await Bench.down(layout, keeping: false)
    }

    private var yaml: String {
        let arrays = [Self.near, Self.far].enumerated().map { index, name in
            """
              - { name: \(name), serial: \(30053 + index), ldevs: [{ id: 00:10, size: \(volumeBytes), count: 2, lun: 0 }, \
            { id: 00:12, size: \(Self.besideBytes), count: 2, lun: 2 }] }

            """
        }
        let hosts = [Self.near, Self.far].enumerated().map { index, name in
            "  - { name: \(name), array: \(name), instance: \(index) }\n"
        }
        let groups = [(Self.group, "", "11"), ("beside", "fence: data, ", "12"), ("async", "fence: async, ", "13")].map
        {
            "  - { name: \($0), hosts: [east, west], \($1)pairs: [{ name: \($0)0, ldevs: [00:\($2), 00:\($2)] }] }\n"
        }
        return """
            track: \(Self.trackBytes)
            arrays:
            \(arrays.joined())links:
              - { name: \(Self.link), between: [east, west], kind: \(kind.rawValue) }
            hosts:
            \(hosts.joined())groups:
            \(groups.joined())
            """
    }

    // MARK: The pair of 00:11

    func create() async throws(BenchFailure) {
        try await run(["paircreate", "-g", Self.group, "-vl", "-f", "never"] + Self.fastest)
    }

    /// Ends the pair; the next `create` copies everything.
    func delete() async throws(BenchFailure) { try await run(["pairsplit", "-g", Self.group, "-S"]) }

    /// Suspends the pair, so that writes leave marks.
    func suspend() async throws(BenchFailure) { try await run(["pairsplit", "-g", Self.group, "-r"]) }

    func resynchronise() async throws(BenchFailure) { try await run(["pairresync", "-g", Self.group] + Self.fastest) }

    private func run(_ command: [String]) async throws(BenchFailure) {
        let bench = try Bench.open(layout, changing: false)
        let result = try await bench.run(command, onHost: Self.near)
        guard result.status == 0 else {
            throw BenchFailure("'\(command.joined(separator: " "))' failed: \(result.text)")
        }
    }

    // MARK: What the near array says

    /// The state of one of its pairs, and what it has sent so far.
    struct Look: Sendable {
        /// As `PairReport` has it; "simplex" without a pair.
        var status: String
        var markedTracks: Int
        var sideFilePercent: Int
        /// Payloads and headers of all frames, heartbeats too.
        var bytesSent: UInt64
    }

    func look(at ldev: String = Self.copied) async throws(BenchFailure) -> Look {
        let status = try await service.status()
        guard let volume = status.ldevs.first(where: { $0.id == ldev }), let link = status.links.first else {
            throw BenchFailure("array \(Self.near) shows no volume \(ldev), or no link")
        }
        return Look(
            status: volume.pair?.status ?? "simplex", markedTracks: Int(volume.pair?.markedTracks ?? 0),
            sideFilePercent: Int(volume.pair?.sideFilePercent ?? 0), bytesSent: link.bytesSent)
    }

    /// Waits until the near array holds the two volumes for equal. A question costs the processors a millisecond that the
    /// copy could use: it is asked again after half of the time that the rest will take by what was seen so far, and
    /// every two milliseconds at the end.
    /// - Throws: if the pair is suspended, or that does not come within a minute.
    func waitUntilPaired() async throws(BenchFailure) -> Look {
        let began = ContinuousClock.now
        var first: (tracks: Int, seconds: Double)?
        while true {
            let look = try await look()
            let seconds = (ContinuousClock.now - began).seconds
            if look.status == "paired" { return look }
            guard look.status == "copying" else { throw BenchFailure("the copy ended: the pair is \(look.status)") }
            guard seconds < 60 else { throw BenchFailure("the copy did not end within a minute") }
            try Interruption.check()
            var pause = 0.002
            if let first, first.tracks > look.markedTracks {
                let tracksPerSecond = Double(first.tracks - look.markedTracks) / (seconds - first.seconds)
                let rest = Double(look.markedTracks) / tracksPerSecond
                // A copy that is slow to begin must not be taken for a slow one.
                pause = max(pause, min(rest, seconds) / 2)
            }
            if first == nil { first = (look.markedTracks, seconds) }
            try? await Task.sleep(for: .seconds(pause))
        }
    }

    /// Limits what the near array sends; nil takes the limit away.
    func shape(bytesPerSecond: UInt64?) async throws(BenchFailure) {
        try await service.shape(link: Self.link, ImpairmentRequest(bytesPerSecond: bytesPerSecond ?? 0))
    }

    private var service: ServiceProcessorClient { ServiceProcessorClient(array: Self.near, layout: layout) }
}
