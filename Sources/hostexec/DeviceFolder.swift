// The view's /dev: like the machine's, without its disks. Terminals, null and random work as outside; folders such as pts
// and shm are the machine's own.

internal import CPlatform
internal import Glibc
internal import Platform

enum DeviceFolder {
    static func fill(_ folder: String, _ except: [String]) throws(SystemFailure) {
        guard let machine = FolderListing.status("/dev") else { throw SystemFailure("look at", "/dev", errno) }
        for name in try FolderListing.names("/dev") where !except.contains(name) && !name.hasPrefix("sd") {
            let (source, target) = ("/dev/" + name, folder + "/" + name)
            guard let status = FolderListing.status(source) else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                if let destination = FolderListing.destination(of: source) {
                    try ViewBuilder.link(target, to: destination)
                }
            case S_IFDIR: try ViewBuilder.bind(source, target, true)
            case S_IFCHR, S_IFBLK:
                // What is mounted upon a node, such as a container's console, has no meaning by its number.
                if status.st_dev != machine.st_dev || !copyNode(status, target) {
                    try ViewBuilder.bind(source, target, true)
                }
            case _: continue
            }
        }
    }

    /// - Returns: false if this user may not make nodes.
    private static func copyNode(_ status: stat, _ target: String) -> Bool {
        let number = status.st_rdev
        // glibc's dev_t: eight bits and the rest of the minor number around twelve of the major one.
        let major = UInt32((number >> 8) & 0xFFF) | UInt32((number >> 32) & ~0xFFF)
        let minor = UInt32(number & 0xFF) | UInt32((number >> 12) & 0xFFFF_FF00)
        guard unsafe arraybench_make_node(target, status.st_mode, major, minor) == 0 else { return false }
        _ = unsafe chown(target, status.st_uid, status.st_gid)
        return true
    }
}
