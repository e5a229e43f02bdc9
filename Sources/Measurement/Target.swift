// What is measured: a path that hosts could use, and what must be true of it before it is.

package import Bench
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// One column of the report.
package struct Target: Hashable, Sendable {
    package enum Place: Hashable, Sendable { case fuse, plain, block }

    package var name: String
    package var path: String
    package var place: Place

    package init(_ name: String, _ path: String, _ place: Place) {
        self.name = name
        self.path = path
        self.place = place
    }

    /// A run against a path where nothing is mounted would measure a plain file and call that the array's speed.
    package func check() throws(BenchFailure) {
        var about = stat()
        guard unsafe stat(path, &about) == 0 else { throw BenchFailure("\(name): \(path) is not there") }
        let mounts = Mounts.all().filter { path == $0.point || path.hasPrefix($0.point + "/") }
        let isFuse = mounts.max { $0.point.utf8.count < $1.point.utf8.count }?.fileSystem.hasPrefix("fuse") ?? false
        let isBlock = about.st_mode & S_IFMT == S_IFBLK
        let isRight =
            switch place {
            case .fuse: isFuse && !isBlock
            case .plain: !isFuse && !isBlock
            case .block: isBlock
            }
        guard isRight else { throw BenchFailure("\(name): \(path) is not on the mount that is to be measured") }
    }
}
