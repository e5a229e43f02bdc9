// What the bench remembers between two commands: `bench.json`. It is replaced as a whole (write, rename), so that a
// reader sees the old or the new one. What the machine itself can tell (which processes run) is not trusted from here.

internal import Foundation

package struct BenchRecord: Codable, Hashable, Sendable {
    static let currentVersion = 1

    package struct LoopDevice: Codable, Hashable, Sendable {
        package var array: String
        package var ldev: String
        package var device: String
    }

    package var version = Self.currentVersion
    /// Each array's process; none if it was stopped on purpose.
    package var arrays: [String: ProcessIdentity] = [:]
    /// Each host's RAID Manager process.
    package var managers: [String: ProcessIdentity] = [:]
    /// The UDP port of each host's RAID Manager instance.
    package var ports: [String: UInt16] = [:]
    /// The TCP port of each link whose file names none.
    package var linkPorts: [String: UInt16] = [:]
    /// For each link, what each array does to what it sends.
    package var impairments: [String: [String: LinkImpairment]] = [:]
    package var loops: [LoopDevice] = []
    /// The device that each volume had last: views that stand know it by its number, so it is taken again if it is free.
    package var lastLoops: [LoopDevice]?
    /// Groups whose pairs the bench made at its first start.
    package var createdGroups: [String] = []
    /// Arrays whose site was failed and not yet repaired.
    package var failedSites: [String] = []

    package init() {}

    package init(contentsOf layout: BenchLayout) throws(BenchFailure) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: layout.record)))
        } catch {
            throw BenchFailure(
                "\(layout.record) is damaged: \(error)",
                remedy: "'arraybench down --state \(layout.root)' ends what is left of the bench and removes it")
        }
        guard version == Self.currentVersion else {
            throw BenchFailure(
                "\(layout.record) was written by another version of arraybench (format \(version))",
                remedy: "use that version, or 'arraybench down --state \(layout.root)' to remove the bench")
        }
    }

    package func save(in layout: BenchLayout) throws(BenchFailure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: layout.record), options: .atomic)
        } catch {
            throw BenchFailure("cannot write \(layout.record): \(BenchFolder.reason(error))")
        }
    }

    package func impairment(of link: String, from array: String) -> LinkImpairment {
        impairments[link]?[array] ?? .none
    }
}
