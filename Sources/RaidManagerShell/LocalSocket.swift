// The Unix socket between commands and their instance: `<root>/HORCM/.uds/horcmd_0<N>`, mode 0600. One request, one
// reply, any number of times; the messages are those of `InstanceWire`.

internal import CPlatform
internal import Glibc
package import Platform
internal import RaidManager

package enum LocalSocket {
    /// What fits into `sun_path` with its final zero.
    package static let pathBytesMaximum = 107

    /// - Returns: the connected descriptor.
    /// - Throws: ENOENT or ECONNREFUSED if no instance listens there, ENAMETOOLONG if the path is too long.
    package static func connect(_ path: String) throws(SystemFailure) -> Int32 {
        let file = try make(path)
        let failure = try unsafe withAddress(path) { unsafe Glibc.connect(file, $0, $1) == 0 ? 0 : errno }
        guard failure == 0 else {
            close(file)
            throw SystemFailure("connect to", path, failure)
        }
        return file
    }

    /// Takes the path over from a daemon that is gone; the caller holds the instance's lock.
    package static func listen(_ path: String) throws(SystemFailure) -> Int32 {
        let file = try make(path)
        unsafe unlink(path)
        // The mode must hold from the first moment on: nobody else may connect in between.
        let before = umask(0o177)
        let failure = try unsafe withAddress(path) { unsafe bind(file, $0, $1) == 0 ? 0 : errno }
        _ = umask(before)
        guard failure == 0, Glibc.listen(file, 64) == 0 else {
            let code = failure == 0 ? errno : failure
            close(file)
            throw SystemFailure("listen on", path, code)
        }
        return file
    }

    private static func make(_ path: String) throws(SystemFailure) -> Int32 {
        let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { throw SystemFailure("make a socket for", path, errno) }
        return file
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemFailure) -> Int32 {
        let bytes = Array(path.utf8)
        guard bytes.count <= pathBytesMaximum else {
            throw SystemFailure(
                "use (\(bytes.count) bytes, at most \(pathBytesMaximum); shorten ARRAYBENCH_ROOT)", path, ENAMETOOLONG)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Whether the other end belongs to this user or to root.
    package static func isTrusted(_ file: Int32) -> Bool {
        // struct ucred: process, user, group.
        var credentials: [UInt32] = [0, .max, .max]
        var length = socklen_t(3 * MemoryLayout<UInt32>.size)
        guard unsafe getsockopt(file, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return false }
        return credentials[1] == geteuid() || credentials[1] == 0
    }

    /// One whole message; nil at the end of the stream or at bytes that are no message.
    package static func receive(_ file: Int32) -> [UInt8]? {
        guard let header = SystemCalls.readExactly(file, InstanceWire.headerBytes),
            let count = InstanceWire.restLength(ofHeader: header),
            let rest = SystemCalls.readExactly(file, count)
        else { return nil }
        return header + rest
    }
}
