// A bench with many pairs, in groups as an installation has them: about twenty volumes of one application in each, and
// never more than two hundred groups.

package import Bench
internal import Foundation

/// Two arrays, a link over a Unix socket, and `pairs` synchronous pairs (fence DATA) in horcm groups. The first pair's volumes
/// are larger: writes are measured there.
package struct ScaleBench: Sendable {
    package let pairs: Int
    package let layout: BenchLayout

    /// 200 groups of 21 for 4,096 pairs, 4 groups of 4 for 16.
    package static func groupSize(pairs: Int) -> Int { max(1, min((pairs + 3) / 4, max(4, (pairs + 199) / 200))) }
    /// Bytes of the pair that is written to; of each other pair.
    package static let largeBytes = 64 << 20
    package static let smallBytes = 256 << 10

    package init(pairs: Int, folder: String) {
        precondition((2...4096).contains(pairs))
        self.pairs = pairs
        layout = BenchLayout(root: "\(folder)/\(pairs)")
    }

    /// `4,096 pairs`.
    package var title: String {
        pairs < 1000 ? "\(pairs) pairs" : "\(pairs / 1000),\(String(pairs % 1000 + 1000).dropFirst()) pairs"
    }

    package var groups: [String] { groupRanges.indices.map { "g\($0)" } }

    private var groupRanges: [Range<Int>] {
        let size = Self.groupSize(pairs: pairs)
        return stride(from: 0, to: pairs, by: size).map { $0..<min($0 + size, pairs) }
    }

    private static func ldev(_ pair: Int) -> String {
        let number = 0x10 + pair
        func hexadecimal(_ value: Int) -> String {
            (value < 16 ? "0" : "") + String(value, radix: 16, uppercase: true)
        }
        return hexadecimal(number >> 8) + ":" + hexadecimal(number & 0xFF)
    }

    /// The volume that writes are measured on.
    package var device: String { layout.device(of: Self.ldev(0), array: "east") }

    package var yaml: String {
        var text = "arrays:\n"
        for (index, array) in ["east", "west"].enumerated() {
            text += "  - { name: \(array), serial: \(30053 + index), ldevs: ["
            text += "{ id: \(Self.ldev(0)), size: \(Self.largeBytes), lun: 0 }, "
            text += "{ id: \(Self.ldev(1)), size: \(Self.smallBytes), count: \(pairs - 1), lun: 1 }] }\n"
        }
        text += "links:\n  - { name: east-west, between: [east, west], kind: unix }\nhosts:\n"
        text += "  - { name: east, array: east, instance: 0 }\n  - { name: west, array: west, instance: 1 }\ngroups:\n"
        for (group, range) in zip(groups, groupRanges) {
            let members = range.map { "{ name: d\($0), ldevs: [\(Self.ldev($0)), \(Self.ldev($0))] }" }
            text += "  - { name: \(group), hosts: [east, west], pairs: [\(members.joined(separator: ", "))] }\n"
        }
        return text
    }

    // MARK: Steps. Each returns seconds.

    func up() async throws(BenchFailure) -> Double {
        try await Self.timed { () async throws(BenchFailure) in
            _ = try await Bench.up(layout, file: (yaml, "measurement"))
        }
    }

    /// As an operator's script does it: `paircreate` of one group after the other, then a wait for all.
    func createPairs(_ progress: (Double) -> Void) async throws(BenchFailure) -> Double {
        let bench = try Bench.open(layout, changing: false)
        return try await Self.timed { () async throws(BenchFailure) in
            for (index, group) in groups.enumerated() {
                try await MeasuredCommand.run(
                    ["paircreate", "-g", group, "-vl", "-f", "data", "-c", "15"], on: "east", bench)
                progress(Double(index + 1) / Double(groups.count))
            }
            try await PairWait.untilPaired(at: "east", layout)
        }
    }

    /// Stop with everything kept, and a start with all pairs there.
    func restart() async throws(BenchFailure) -> (down: Double, up: Double) {
        let down = try await Self.timed { () async throws(BenchFailure) in
            _ = try await Bench.down(layout, keeping: true)
        }
        let up = try await Self.timed { () async throws(BenchFailure) in
            _ = try await Bench.up(layout, file: nil)
        }
        return (down, up)
    }

    func down() async {
        guard FileManager.default.fileExists(atPath: layout.root) else { return }
        _ = try? await Bench.down(layout, keeping: false)
    }

    /// Long enough for an idle array to give back what its last work needed, which it does after two seconds.
    static func rest() async { try? await Task.sleep(for: .milliseconds(2500)) }

    static func timed(_ body: () async throws(BenchFailure) -> Void) async throws(BenchFailure) -> Double {
        let began = Date()
        try await body()
        return Date().timeIntervalSince(began)
    }

    /// MiB of both arrays' and of both instances' resident sets.
    func resident() -> (arrays: Double, managers: Double) {
        var sums = (arrays: 0.0, managers: 0.0)
        for process in BenchProcesses.find(in: layout) {
            let mebibytes = ProcessMemory.residentMiB(of: process.identity.pid) ?? 0
            switch process.kind {
            case .array: sums.arrays += mebibytes
            case .manager: sums.managers += mebibytes
            case .guest, .judge: break
            }
        }
        return sums
    }

    /// Processor seconds that both arrays have used since their start.
    func processorSeconds() -> Double {
        BenchProcesses.find(in: layout).reduce(0) { sum, process in
            guard case .array = process.kind else { return sum }
            return sum + (ProcessMemory.processorSeconds(of: process.identity.pid) ?? 0)
        }
    }
}
