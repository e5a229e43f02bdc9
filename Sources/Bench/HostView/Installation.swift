// The emulated commands on the machine itself, for those who want that: the same names in the same places as RAID Manager's
// installer uses. What is put there is written down first (`HORCM/.arraybench-manifest`), and only that is ever removed.
//
// - Source: RAID Manager reference, section 1.1.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package struct Installation: Sendable {
    /// One thing that was installed; paths are below the prefix.
    enum Item: Hashable {
        case folder(String)
        case link(String, to: String)
        /// With the bytes' checksum, so that a changed file is known as somebody's.
        case file(String, checksum: UInt64)

        var path: String {
            switch self {
            case .folder(let path), .link(let path, _), .file(let path, _): path
            }
        }
    }

    /// Without a slash at the end; empty for `/`.
    private let prefix: String
    private var manifest: String { prefix + "/HORCM/.arraybench-manifest" }
    private static let programs = ["raidmanager", "horcmd"]
    private static let folders = ["/HORCM", "/HORCM/usr", "/HORCM/usr/bin", "/HORCM/etc", "/usr", "/usr/bin", "/etc"]

    package init(prefix: String) {
        let path = BenchLayout(root: prefix).root
        self.prefix = path == "/" ? "" : path
    }

    /// - Parameter hostFolder: the root folder of a host whose configuration is installed too.
    /// - Returns: how many files and links there are.
    /// - Throws: if something of somebody else's is in the way; then nothing was changed.
    package func install(hostFolder: String?) async throws(BenchFailure) -> Int {
        if FileManager.default.fileExists(atPath: manifest) { _ = try uninstall() }
        let stage = NSTemporaryDirectory() + "/arraybench-install-\(getpid())"
        try BenchFolder.make(stage)
        defer { try? FileManager.default.removeItem(atPath: stage) }
        var contents = try await commands(in: stage)
        if let hostFolder { try addConfiguration(of: hostFolder, to: &contents) }
        contents["/etc/arraybench.key"] = try key(in: stage)
        let links = Self.links(to: contents.keys.sorted())
        try refuseForeign(contents.keys.sorted() + links.map(\.0))

        var items: [Item] = []
        for folder in Self.folders where !FileManager.default.fileExists(atPath: prefix + folder) {
            try BenchFolder.make(prefix + folder, mode: 0o755)
            items.append(.folder(folder))
        }
        items += links.map { path, to in Item.link(path, to: to) }
        for (path, source) in contents.sorted(by: { $0.key < $1.key }) { items.append(try item(path, source)) }
        // First the list: what a killed installation leaves is on it.
        try BenchFolder.write(Self.text(items), to: manifest)
        for (path, to) in links { try BenchFolder.link(prefix + path, to: to) }
        for (path, source) in contents {
            do {
                try FileManager.default.copyItem(atPath: source, toPath: prefix + path)
            } catch {
                throw BenchFailure("cannot write \(prefix + path): \(BenchFolder.reason(error))")
            }
        }
        return links.count + contents.count
    }

    /// - Returns: what was left, with the reason.
    package func uninstall() throws(BenchFailure) -> [String] {
        guard let text = try? String(contentsOfFile: manifest, encoding: .utf8) else {
            throw BenchFailure("nothing was installed below \(prefix.isEmpty ? "/" : prefix): there is no \(manifest)")
        }
        var kept: [String] = []
        let items = text.split(separator: "\n").compactMap { Self.item(parsing: $0) }
        for item in items {
            switch item {
            case .folder: continue
            case .link(let path, let to): if !removeLink(path, to) { kept.append("\(prefix + path): replaced since") }
            case .file(let path, let checksum):
                if !removeFile(path, checksum) { kept.append("\(prefix + path): changed since") }
            }
        }
        unsafe unlink(manifest)
        // The innermost first.
        for item in items.reversed() {
            if case .folder(let path) = item, unsafe rmdir(prefix + path) != 0, errno != ENOENT {
                kept.append("\(prefix + path): not empty")
            }
        }
        return kept
    }

    // MARK: What is installed

    /// Programs, and a name for each command beside them, all found from where they lie.
    /// - Returns: for each path below the prefix, the file that goes there.
    private func commands(in stage: String) async throws(BenchFailure) -> [String: String] {
        let folder = stage + "/bin"
        try BenchFolder.make(folder)
        for program in Self.programs {
            do {
                try FileManager.default.copyItem(
                    atPath: try Programs.path(of: program), toPath: "\(folder)/\(program)")
            } catch {
                throw BenchFailure("cannot copy \(program): \(BenchFolder.reason(error))")
            }
        }
        let result = try await HostCommand.run(folder + "/raidmanager", ["install-links", folder])
        guard result.status == 0 else { throw BenchFailure("the commands cannot be made: \(result.text)") }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Dictionary(uniqueKeysWithValues: names.map { ("/HORCM/usr/bin/\($0)", "\(folder)/\($0)") })
    }

    private static func links(to files: [String]) -> [(String, String)] {
        let names = files.filter { $0.hasPrefix("/HORCM/usr/bin/") }.map { String($0.dropFirst(15)) }
        let inUsrBin = names.filter { !programs.contains($0) && !HostViewPlan.notInUsrBin.contains($0) }
        return inUsrBin.map { ("/usr/bin/\($0)", "../../HORCM/usr/bin/\($0)") }
            + [("/HORCM/etc/horcmgr", "../usr/bin/horcmgr"), ("/etc/horcmgr", "../HORCM/etc/horcmgr")]
    }

    private func addConfiguration(of folder: String, to contents: inout [String: String]) throws(BenchFailure) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/etc")) ?? []
        for name in names where name.hasPrefix("horcm") && name.hasSuffix(".conf") || name.hasPrefix("arraybench.") {
            contents["/etc/\(name)"] = "\(folder)/etc/\(name)"
        }
    }

    private func key(in stage: String) throws(BenchFailure) -> String {
        let path = stage + "/key"
        var generator = SystemRandomNumberGenerator()
        let key = Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: key, attributes: attributes) else {
            throw BenchFailure("cannot write \(path)")
        }
        return path
    }

    private func refuseForeign(_ paths: [String]) throws(BenchFailure) {
        var status = stat()
        for path in paths where unsafe lstat(prefix + path, &status) == 0 {
            throw BenchFailure(
                "\(prefix + path) is there already and is not arraybench's",
                remedy: "nothing was changed; move it away, or use another --prefix")
        }
    }

    // MARK: The manifest

    /// Commands beside their program are links in themselves.
    private func item(_ path: String, _ source: String) throws(BenchFailure) -> Item {
        if let to = try? FileManager.default.destinationOfSymbolicLink(atPath: source) { return .link(path, to: to) }
        guard let checksum = Self.checksum(source) else { throw BenchFailure("cannot read \(source)") }
        return .file(path, checksum: checksum)
    }

    static func text(_ items: [Item]) -> String {
        items.map { item in
            switch item {
            case .folder(let path): "folder\t\(path)\n"
            case .link(let path, let to): "link\t\(path)\t\(to)\n"
            case .file(let path, let checksum): "file\t\(path)\t\(checksum)\n"
            }
        }.joined()
    }

    static func item(parsing line: Substring) -> Item? {
        let words = line.split(separator: "\t").map(String.init)
        switch (words.first, words.count) {
        case ("folder", 2): return .folder(words[1])
        case ("link", 3): return .link(words[1], to: words[2])
        case ("file", 3): return UInt64(words[2]).map { .file(words[1], checksum: $0) }
        default: return nil
        }
    }

    /// FNV-1a over the file: enough to see that somebody changed it.
    private static func checksum(_ path: String) -> UInt64? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return data.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private func removeLink(_ path: String, _ to: String) -> Bool {
        guard let now = try? FileManager.default.destinationOfSymbolicLink(atPath: prefix + path) else {
            return !FileManager.default.fileExists(atPath: prefix + path)
        }
        return unsafe now == to && unlink(prefix + path) == 0
    }

    private func removeFile(_ path: String, _ checksum: UInt64) -> Bool {
        guard FileManager.default.fileExists(atPath: prefix + path) else { return true }
        return unsafe Self.checksum(prefix + path) == checksum && unlink(prefix + path) == 0
    }
}
