// Arrays come and go while views stand: a view must see the files of an array that was started after it. Linux passes a
// mount on to other name spaces only below a mount that is `shared`. Where systemd runs, all are; in a container often none
// is. There the folder `arrays` is bound to itself and made shared, which concerns nothing but this bench.
// - Source: mount_namespaces(7), "shared subtrees".

internal import CPlatform
internal import Foundation

extension Bench {
    /// Needs root: without it arrays are mounted for one user, and a view sees those that run when it is made.
    func shareMounts() throws(BenchFailure) {
        guard geteuid() == 0, !Mounts.isShared(layout.arrays) else { return }
        let isOwn = Mounts.all().contains { $0.point == layout.arrays }
        // Where even this is forbidden, views are made anew after an array's start; all else works.
        guard unsafe isOwn || arraybench_mount_bind(layout.arrays, layout.arrays) == 0 else { return }
        _ = unsafe arraybench_set_propagation(layout.arrays, ARRAYBENCH_SHARED)
    }

    func endSharing() throws(BenchFailure) {
        for mount in Mounts.below(layout.arrays) where mount.point == layout.arrays { try Mounts.remove(mount.point) }
    }
}

extension Mounts {
    /// Whether what is mounted in a folder is passed on to other name spaces.
    static func isShared(_ folder: String) -> Bool {
        all().filter { $0.point == "/" || folder == $0.point || folder.hasPrefix($0.point + "/") }
            .max { $0.point.utf8.count <= $1.point.utf8.count }?.isShared ?? false
    }
}
