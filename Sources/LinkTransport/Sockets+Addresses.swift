// From a link address to a socket: bound and listening, or connecting in the background.

internal import CPlatform
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

extension Sockets {
    /// A listening socket and what must be known to close it again.
    struct Listener: Sendable {
        var descriptor: Int32
        /// With the port that the system chose if 0 was asked for.
        var address: LinkAddress
        /// The inode of a Unix socket's file: somebody else's file at the path is left alone.
        var inode: UInt64
    }

    /// - Throws: `SystemFailure`: the address is in use, the folder is missing or not ours, the path is too long.
    static func listen(on address: LinkAddress) throws(SystemFailure) -> Listener {
        switch address {
        case .unix(let path): try listen(onUnix: path)
        case .tcp(let host, let port): try listen(onTCP: host, port)
        }
    }

    private static func open(_ family: Int32, waits: Bool, _ address: LinkAddress) throws(SystemFailure) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | (waits ? 0 : SOCK_NONBLOCK.rawValue))
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw SystemFailure("make a socket for", address.description, errno) }
        return descriptor
    }

    // MARK: Unix

    private static func listen(onUnix path: String) throws(SystemFailure) -> Listener {
        let address = LinkAddress.unix(path: path)
        try checkFolder(of: path)
        let descriptor = try open(AF_UNIX, waits: false, address)
        do throws(SystemFailure) {
            if try bind(descriptor, path) == EADDRINUSE {
                try removeStale(path)
                let code = try bind(descriptor, path)
                guard code == 0 else { throw SystemFailure("listen on", address.description, code) }
            }
            // Nobody can connect before listen(): the file is never open to others.
            guard unsafe chmod(path, 0o600) == 0 else { throw SystemFailure("protect", path, errno) }
            guard Glibc.listen(descriptor, 16) == 0 else {
                throw SystemFailure("listen on", address.description, errno)
            }
            return Listener(descriptor: descriptor, address: address, inode: inode(path))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Returns 0 or EADDRINUSE; every other errno is thrown.
    private static func bind(_ descriptor: Int32, _ path: String) throws(SystemFailure) -> Int32 {
        let code = unsafe try withUnixAddress(path) { address, size in unsafe Glibc.bind(descriptor, address, size) }
        guard code == 0 || code == EADDRINUSE else { throw SystemFailure("listen on", "unix:" + path, code) }
        return code
    }

    /// The folder must be this user's: whoever owns it could put another socket in the place of ours.
    private static func checkFolder(of path: String) throws(SystemFailure) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard unsafe stat(folder, &status) == 0 else {
            throw SystemFailure("listen on unix:\(path) (make its folder first):", folder, errno)
        }
        guard status.st_uid == geteuid() else {
            throw SystemFailure(
                "listen on unix:\(path) (its folder belongs to another user; use your own):", folder, EPERM)
        }
    }

    private static func removeStale(_ path: String) throws(SystemFailure) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw SystemFailure("look at", path, errno) }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemFailure(
                "listen (a file that is no socket is there; move it away) on", "unix:" + path, EADDRINUSE)
        }
        let descriptor = try open(AF_UNIX, waits: false, .unix(path: path))
        defer { close(descriptor) }
        let code = unsafe try withUnixAddress(path) { address, size in unsafe Glibc.connect(descriptor, address, size) }
        guard code == ECONNREFUSED else {
            throw SystemFailure(
                "listen (another process does; stop it or choose another path) on", "unix:" + path, EADDRINUSE)
        }
        unsafe unlink(path)
    }

    /// Removes the socket file, if it is still the one that was made.
    static func remove(_ listener: Listener) {
        guard case .unix(let path) = listener.address, inode(path) == listener.inode else { return }
        unsafe unlink(path)
    }

    private static func inode(_ path: String) -> UInt64 {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    /// Runs `body` with the path's socket address; returns 0 or the errno it left.
    private static func withUnixAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemFailure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count <= LinkAddress.longestUnixPath else {
            throw SystemFailure(
                "use (its \(bytes.count) bytes exceed \(LinkAddress.longestUnixPath); put the bench into a folder with a "
                    + "shorter path)", "unix:" + path, ENAMETOOLONG)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? 0 : errno
    }

    // MARK: TCP

    private static func listen(onTCP host: String, _ port: UInt16) throws(SystemFailure) -> Listener {
        let address = LinkAddress.tcp(host: host, port: port)
        let resolved = try resolve(host, port, passive: true)
        let descriptor = try open(resolved.family, waits: false, address)
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        let code = unsafe resolved.withAddress { pointer, size in unsafe Glibc.bind(descriptor, pointer, size) }
        guard code == 0 else {
            close(descriptor)
            throw SystemFailure("listen on", address.description, code)
        }
        guard Glibc.listen(descriptor, 16) == 0 else {
            let code = errno
            close(descriptor)
            throw SystemFailure("listen on", address.description, code)
        }
        return Listener(
            descriptor: descriptor, address: .tcp(host: host, port: port == 0 ? boundPort(descriptor) : port), inode: 0)
    }

    private static func boundPort(_ descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let bytes = unsafe withUnsafeMutableBytes(of: &storage) { raw -> (UInt8, UInt8) in
            guard let base = unsafe raw.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                unsafe getsockname(descriptor, base, &size) == 0
            else { return (0, 0) }
            // The port follows the family in both kinds of address, in network order.
            return unsafe (raw[2], raw[3])
        }
        return UInt16(bytes.0) << 8 | UInt16(bytes.1)
    }

    /// An address of TCP as the system's calls take it.
    private struct Resolved {
        var family: Int32
        var bytes: [UInt8]

        func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            let result = unsafe bytes.withUnsafeBytes { raw in
                unsafe body(raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
            }
            return result == 0 ? 0 : errno
        }
    }

    private static func resolve(_ host: String, _ port: UInt16, passive: Bool) throws(SystemFailure) -> Resolved {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard failure == 0, let first = unsafe list else {
            let code = failure == EAI_SYSTEM ? errno : EHOSTUNREACH
            throw SystemFailure("find (check the name)", "tcp:\(host):\(port)", code)
        }
        defer { unsafe freeaddrinfo(first) }
        let raw = unsafe UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: Int(first.pointee.ai_addrlen))
        return unsafe Resolved(family: first.pointee.ai_family, bytes: Array(raw))
    }

    // MARK: connecting

    /// Begins to connect without waiting: the descriptor becomes writable when it is decided.
    static func connect(to address: LinkAddress) throws(SystemFailure) -> Int32 {
        let descriptor: Int32
        let code: Int32
        switch address {
        case .unix(let path):
            descriptor = try open(AF_UNIX, waits: false, address)
            do throws(SystemFailure) {
                code = unsafe try withUnixAddress(path) { address, size in
                    unsafe Glibc.connect(descriptor, address, size)
                }
            } catch {
                close(descriptor)
                throw error
            }
        case .tcp(let host, let port):
            let resolved = try resolve(host, port, passive: false)
            descriptor = try open(resolved.family, waits: false, address)
            code = unsafe resolved.withAddress { address, size in unsafe Glibc.connect(descriptor, address, size) }
        }
        guard code == 0 || code == EINPROGRESS else {
            close(descriptor)
            throw SystemFailure("connect to", address.description, code)
        }
        return descriptor
    }
}
