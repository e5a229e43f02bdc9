// Which files lost ranges belong to: asked of the tools that the file system brings (`debugfs` of e2fsprogs, `xfs_db` of
// xfsprogs), on the volume's backing file, reading only. They look at what is on the volume: a file whose name is still
// in the journal only cannot be named.

internal import Foundation
internal import ReplicationCore
internal import VolumeStore

extension Bench {
    /// Ranges whose files are looked up at most.
    private static let lookups = 32

    func nameFiles(in report: inout VerdictReport) async {
        var systems: [String: FileSystemOnVolume] = [:]
        for index in report.lost.ranges.indices.prefix(Self.lookups) {
            let range = report.lost.ranges[index]
            guard let ldev = LDEVNumber(parsing: range.ldev) else { continue }
            let path = stateReader(of: report.history).volumePath(ldev)
            if systems[range.ldev] == nil { systems[range.ldev] = FileSystemOnVolume(path) }
            report.lost.ranges[index].file = await systems[range.ldev]?.owner(of: range.offset)
        }
    }
}

/// A file system that begins at the start of a volume.
struct FileSystemOnVolume {
    private enum Kind {
        case ext(blockBytes: UInt64)
        case xfs
        case none
    }
    private let path: String
    private let kind: Kind

    /// - Source: ext4: `s_magic` 0xEF53 at byte 1080, `s_log_block_size` at 1048; XFS: `XFSB` at byte 0.
    init(_ path: String) {
        self.path = path
        guard let head = (try? VolumeReader(path: path))?.bytes(at: 0, count: 4096) else {
            kind = .none
            return
        }
        if head[0..<4].elementsEqual("XFSB".utf8) {
            kind = .xfs
        } else if head[1080] == 0x53, head[1081] == 0xEF, head[1048] < 7 {
            kind = .ext(blockBytes: 1024 << UInt64(head[1048]))
        } else {
            kind = .none
        }
    }

    /// The path of the file that has the byte at `offset`; what else lies there; or nil if nobody can say.
    func owner(of offset: UInt64) async -> String? {
        switch kind {
        case .none: nil
        case .ext(let blockBytes): await extOwner(offset / blockBytes)
        case .xfs: await xfsOwner(offset / 512)
        }
    }

    private func extOwner(_ block: UInt64) async -> String? {
        guard let answer = try? await HostCommand.run("debugfs", ["-R", "icheck \(block)", path]),
            let words = answer.output.split(separator: "\n").last?.split(separator: "\t"), words.count == 2
        else { return nil }
        guard let inode = UInt64(words[1]) else { return "ext4: metadata or free space" }
        if inode == 8 { return "ext4: journal" }
        guard let names = try? await HostCommand.run("debugfs", ["-R", "ncheck \(inode)", path]),
            let name = names.output.split(separator: "\n").dropFirst().first?.split(separator: "\t").last
        else { return "inode \(inode)" }
        // `debugfs` 1.47 writes the root as `//`.
        return "/" + name.drop { $0 == "/" }
    }

    private func xfsOwner(_ sector: UInt64) async -> String? {
        let steps = ["blockget -n", "daddr \(sector)", "blockuse -n"].flatMap { ["-c", $0] }
        guard let answer = try? await HostCommand.run("xfs_db", ["-r"] + steps + [path]),
            let line = answer.output.split(separator: "\n").last(where: { $0.contains("type") })
        else { return nil }
        // block 24 (0/24) type data inode 131 dir/file
        let words = line.split(separator: " ")
        guard let at = words.firstIndex(of: "inode"), at + 1 < words.count else {
            return words.firstIndex(of: "type").map { "XFS: \(words[$0 + 1])" }
        }
        return at + 2 < words.count ? "/" + words[(at + 2)...].joined(separator: " ") : "inode \(words[at + 1])"
    }
}
