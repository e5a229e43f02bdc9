// What is looked at before the first file is written, so that a bench that cannot run changes nothing.

internal import CPlatform
internal import Foundation
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

enum Preflight {
    static func check(_ bench: BenchDescription, layout: BenchLayout) throws(BenchFailure) {
        try layout.checkSocketPaths(of: bench)
        for program in ["arrayd", "raidmanager", "horcmd"] { _ = try Programs.path(of: program) }
        try checkFuse()
        try checkSizes(bench, layout)
        for link in bench.links {
            if case .tcp(let host, let port?) = link.kind { try checkPort(host, port, of: link.name) }
        }
    }

    private static func checkFuse() throws(BenchFailure) {
        let file = unsafe arraybench_open("/dev/fuse", O_RDWR, 0)
        guard file < 0 else {
            close(file)
            return
        }
        let remedy =
            switch -file {
            case ENOENT, ENODEV, ENXIO:
                "load it with 'modprobe fuse'; in a container, start it with '--device /dev/fuse'"
            case _: "run arraybench as root, or let your user open /dev/fuse"
            }
        throw BenchFailure(
            "arrays present their volumes through /dev/fuse, which cannot be opened: \(systemErrorText(-file))",
            remedy: remedy)
    }

    /// Volumes are sparse, so that only a file's own limit counts; the marks of every track are claimed at once.
    private static func checkSizes(_ bench: BenchDescription, _ layout: BenchLayout) throws(BenchFailure) {
        var folder = URL(fileURLWithPath: layout.root)
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        let markBytes = bench.arrays.flatMap(\.ldevs).reduce(UInt64(0)) {
            $0 + ($1.sizeBytes / UInt64(bench.trackBytes) + 8) / 8
        }
        var space = statvfs()
        guard unsafe statvfs(folder.path, &space) == 0 else { return }
        let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
        guard markBytes < max(free / 4, 1 << 20) else {
            throw BenchFailure(
                "the bitmaps of these LDEVs would take \(QuantityText.describe(roughly: markBytes)), "
                    + "and \(folder.path) has \(QuantityText.describe(roughly: free)) free",
                remedy: "use smaller LDEVs, a larger 'track', or another disk with --state")
        }
        try checkLargestFile(bench, in: folder.path)
    }

    private static func checkLargestFile(_ bench: BenchDescription, in folder: String) throws(BenchFailure) {
        guard let largest = bench.arrays.flatMap(\.ldevs).max(by: { $0.sizeBytes < $1.sizeBytes }) else { return }
        // O_TMPFILE: a file without a name, gone when it is closed.
        let file = unsafe arraybench_open(folder, O_RDWR | 0o20200000, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        guard ftruncate(file, off_t(largest.sizeBytes)) != 0, errno == EFBIG else { return }
        throw BenchFailure(
            "LDEV \(largest.number) has \(QuantityText.describe(bytes: largest.sizeBytes)), "
                + "more than a file on the disk of \(folder) can have",
            remedy: "use smaller LDEVs, or another file system (XFS) with --state")
    }

    private static func checkPort(_ host: String, _ port: UInt16, of link: String) throws(BenchFailure) {
        if let code = LoopbackPorts.refusal(toBind: port, host: host, stream: true) {
            throw BenchFailure(
                "link \(link): TCP port \(port) of \(host) cannot be used: \(systemErrorText(code))",
                remedy: "'ss -ltnp sport = :\(port)' shows who has it; choose another 'address', or leave it out")
        }
    }
}
