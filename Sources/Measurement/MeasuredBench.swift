// The arrays that are measured: three pairs of two, so that link kinds and the ledger can be compared in one run.

package import Bench
internal import Foundation

/// Pairs of arrays in one private bench. Volume 00:10 is simplex, 00:11 synchronous (DATA), 00:12 asynchronous with a side
/// file; with journals 00:13 is asynchronous with one.
package struct MeasuredBench: Sendable {
    /// A pair of arrays and what sets it apart.
    package enum Pair: String, CaseIterable, Sendable {
        case unix = "east-west"
        case bare = "north-south"
        case tcp = "up-down"

        package var arrays: (near: String, far: String) {
            let names = rawValue.split(separator: "-").map(String.init)
            return (names[0], names[1])
        }
    }

    package let layout: BenchLayout
    package let volumeBytes: Int

    package static let simplex = "00:10"
    package static let synchronous = "00:11"
    package static let asynchronous = "00:12"
    package static let journalled = "00:13"
    /// As large as a side file is: what is compared is where the writes lie, not how many.
    private static let journalBytes = 64 << 20

    /// Whether there is a pair with journals, too.
    private let hasJournals: Bool

    package init(folder: String, volumeBytes: Int, hasJournals: Bool = false) {
        layout = BenchLayout(root: folder + "/state")
        self.volumeBytes = volumeBytes
        self.hasJournals = hasJournals
    }

    package func device(_ ldev: String, of pair: Pair) -> String { layout.device(of: ldev, array: pair.arrays.near) }

    package func up(_ pairs: [Pair]) async throws(BenchFailure) {
        _ = try await Bench.up(layout, file: (yaml(pairs), "measurement"))
    }

    package func down() async {
        guard FileManager.default.fileExists(atPath: layout.root) else { return }
        _ = try? await Bench.down(layout, keeping: false)
    }

    /// A RAID Manager command of the host at the near or the far array of a pair.
    package func run(_ command: [String], at array: String) async throws(BenchFailure) -> CommandResult {
        let bench = try Bench.open(layout, changing: false)
        return try await bench.run([layout.commands + "/" + command[0]] + command.dropFirst(), onHost: array)
    }

    func yaml(_ pairs: [Pair]) -> String {
        var arrays = ""
        var links = ""
        var hosts = ""
        var groups = ""
        let journal =
            hasJournals ? ", journals: [{ id: 1, ldevs: [00:F0], size: \(Self.journalBytes) }]" : ""
        for (index, pair) in pairs.enumerated() {
            let (near, far) = pair.arrays
            for (side, name) in [near, far].enumerated() {
                arrays += """
                      - { name: \(name), serial: \(30053 + 2 * index + side)\(pair == .bare ? ", ledger: off" : ""), \
                    ldevs: [{ id: 00:10, size: \(volumeBytes), count: \(hasJournals ? 4 : 3), lun: 0 }]\(journal) }

                    """
                hosts += "  - { name: \(name), array: \(name), instance: \(2 * index + side) }\n"
            }
            links +=
                "  - { name: \(pair.rawValue), between: [\(near), \(far)], kind: \(pair == .tcp ? "tcp" : "unix") }\n"
            groups += """
                  - { name: \(Self.group("sync", pair)), hosts: [\(near), \(far)], fence: data, \
                pairs: [{ name: s\(index), ldevs: [00:11, 00:11] }] }
                  - { name: \(Self.group("async", pair)), hosts: [\(near), \(far)], fence: async, \
                pairs: [{ name: a\(index), ldevs: [00:12, 00:12] }] }

                """
            guard hasJournals else { continue }
            groups += """
                  - { name: \(Self.group("journal", pair)), hosts: [\(near), \(far)], fence: async, journals: [1, 1], \
                pairs: [{ name: j\(index), ldevs: [00:13, 00:13] }] }

                """
        }
        return "arrays:\n\(arrays)links:\n\(links)hosts:\n\(hosts)groups:\n\(groups)"
    }

    package static func group(_ mode: String, _ pair: Pair) -> String {
        mode + (Pair.allCases.firstIndex(of: pair).map { $0 == 0 ? "" : "\($0)" } ?? "")
    }
}
