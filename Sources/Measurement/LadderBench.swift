// The arrays under the ladder's upper rungs: four pairs of two in one private bench, because a ledger, a kind of link and
// a side file belong to an array, not to a volume.

internal import Bench
internal import Foundation

/// The bench of the ladder.
struct LadderBench: Sendable {
    let layout: BenchLayout
    let volumeBytes: Int
    /// Bytes of the side file that fills while its link is held.
    let sideFileBytes: Int

    static let simplex = "00:10"
    static let synchronous = "00:11"
    static let asynchronous = "00:12"
    static let split = "00:13"
    static let heldLink = "north-south"
    static let heldArray = "north"

    init(folder: String, volumeBytes: Int, sideFileBytes: Int) {
        layout = BenchLayout(root: folder + "/state")
        self.volumeBytes = volumeBytes
        self.sideFileBytes = sideFileBytes
    }

    /// Starts the arrays with their pairs, and splits the pair that is to be split.
    func up() async throws(BenchFailure) {
        _ = try await Bench.up(layout, file: (yaml, "ladder"))
        let bench = try Bench.open(layout, changing: false)
        let result = try await bench.run([layout.commands + "/pairsplit", "-g", "split"], onHost: "east")
        guard result.status == 0 else { throw BenchFailure("pairsplit failed: \(result.text)") }
        try await wait("the pair is not split") { status in
            status.arrays.flatMap(\.ldevs).first { $0.id == Self.split }?.pair?.status == "suspended by operator"
        }
    }

    func down() async {
        guard FileManager.default.fileExists(atPath: layout.root) else { return }
        _ = try? await Bench.down(layout, keeping: false)
    }

    /// The volume under a rung; nil for the two that no array serves.
    func device(of rung: LadderRung) -> String? {
        switch rung {
        case .fuse, .backingFile: nil
        case .array: layout.device(of: Self.simplex, array: "east")
        case .bitmap: layout.device(of: Self.split, array: "east")
        case .sideFile: layout.device(of: Self.asynchronous, array: Self.heldArray)
        case .link: layout.device(of: Self.asynchronous, array: "east")
        case .synchronous: layout.device(of: Self.synchronous, array: "east")
        case .tcp: layout.device(of: Self.synchronous, array: "up")
        case .arrayLedger: layout.device(of: Self.simplex, array: "left")
        case .linkLedger: layout.device(of: Self.asynchronous, array: "left")
        case .synchronousLedger: layout.device(of: Self.synchronous, array: "left")
        }
    }

    func wait(_ complaint: String, until condition: (BenchStatus) -> Bool) async throws(BenchFailure) {
        let bench = try Bench.open(layout, changing: false)
        for _ in 0..<2000 {
            if condition(await bench.status()) { return }
            try Interruption.check()
            try? await Task.sleep(for: .milliseconds(5))
        }
        throw BenchFailure("\(complaint) within ten seconds")
    }

    /// The held pair's side file lets responses wait only when it is full, and its link may be silent for an hour.
    private var yaml: String {
        let size = "size: \(volumeBytes)"
        let side = "side-file: { capacity: \(sideFileBytes), high-water: 100% }, timers: { heartbeat: 3600s }"
        return """
            arrays:
              - { name: east, serial: 30061, ledger: off, ldevs: [{ id: 00:10, \(size), count: 4, lun: 0 }] }
              - { name: west, serial: 30062, ledger: off, ldevs: [{ id: 00:10, \(size), count: 4, lun: 0 }] }
              - { name: north, serial: 30063, ledger: off, \(side), ldevs: [{ id: 00:12, \(size), lun: 0 }] }
              - { name: south, serial: 30064, ledger: off, \(side), ldevs: [{ id: 00:12, \(size), lun: 0 }] }
              - { name: up, serial: 30065, ledger: off, ldevs: [{ id: 00:11, \(size), lun: 0 }] }
              - { name: down, serial: 30066, ledger: off, ldevs: [{ id: 00:11, \(size), lun: 0 }] }
              - { name: left, serial: 30067, ldevs: [{ id: 00:10, \(size), count: 3, lun: 0 }] }
              - { name: right, serial: 30068, ldevs: [{ id: 00:10, \(size), count: 3, lun: 0 }] }
            links:
              - { name: east-west, between: [east, west], kind: unix }
              - { name: \(Self.heldLink), between: [north, south], kind: unix }
              - { name: up-down, between: [up, down], kind: tcp }
              - { name: left-right, between: [left, right], kind: unix }
            hosts:
              - { name: east, array: east, instance: 0 }
              - { name: west, array: west, instance: 1 }
              - { name: north, array: north, instance: 2 }
              - { name: south, array: south, instance: 3 }
              - { name: up, array: up, instance: 4 }
              - { name: down, array: down, instance: 5 }
              - { name: left, array: left, instance: 6 }
              - { name: right, array: right, instance: 7 }
            groups:
              - { name: sync, hosts: [east, west], fence: data, pairs: [{ name: s, ldevs: [00:11, 00:11] }] }
              - { name: async, hosts: [east, west], fence: async, pairs: [{ name: a, ldevs: [00:12, 00:12] }] }
              - { name: split, hosts: [east, west], fence: data, pairs: [{ name: m, ldevs: [00:13, 00:13] }] }
              - { name: held, hosts: [north, south], fence: async, pairs: [{ name: h, ldevs: [00:12, 00:12] }] }
              - { name: tcp, hosts: [up, down], fence: data, pairs: [{ name: t, ldevs: [00:11, 00:11] }] }
              - { name: syncledger, hosts: [left, right], fence: data, pairs: [{ name: sl, ldevs: [00:11, 00:11] }] }
              - { name: asyncledger, hosts: [left, right], fence: async, pairs: [{ name: al, ldevs: [00:12, 00:12] }] }
            """
    }
}
