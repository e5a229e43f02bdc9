// Ports on the loopback interface: whether one can be bound, and which are free.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package enum LoopbackPorts {
    /// Why `port` cannot be bound now, as an errno; nil if it can.
    package static func refusal(toBind port: UInt16, host: String = "127.0.0.1", stream: Bool) -> Int32? {
        let file = socket(AF_INET, Int32((stream ? SOCK_STREAM : SOCK_DGRAM).rawValue), 0)
        guard file >= 0 else { return errno }
        defer { close(file) }
        if stream {
            var one: Int32 = 1
            unsafe setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        }
        return bind(file, port, host) == nil ? errno : nil
    }

    /// Distinct ports that nobody has bound. All are held open until the last is chosen.
    package static func free(count: Int, stream: Bool) throws(BenchFailure) -> [UInt16] {
        guard count > 0 else { return [] }
        var ports: [UInt16] = []
        var files: [Int32] = []
        defer { for file in files { close(file) } }
        for _ in 0..<count {
            let file = socket(AF_INET, Int32((stream ? SOCK_STREAM : SOCK_DGRAM).rawValue), 0)
            guard file >= 0, let port = bind(file, 0, "127.0.0.1") else {
                throw BenchFailure("no free port on 127.0.0.1: \(unsafe String(cString: strerror(errno)))")
            }
            files.append(file)
            ports.append(port)
        }
        return ports
    }

    /// - Returns: the port that was bound; nil with errno set.
    private static func bind(_ file: Int32, _ port: UInt16, _ host: String) -> UInt16? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let name = host == "localhost" ? "127.0.0.1" : host
        guard unsafe inet_pton(AF_INET, name, &address.sin_addr) == 1 else {
            errno = EADDRNOTAVAIL
            return nil
        }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return unsafe Glibc.bind(file, pointer, length) == 0 && getsockname(file, pointer, &length) == 0
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : nil
    }
}
