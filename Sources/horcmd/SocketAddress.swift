// Addresses of HORCM_MON and HORCM_INST: host names and services become what the kernel takes.

internal import CPlatform
internal import Glibc
internal import RaidManagerShell

struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// A `sockaddr_in` or `sockaddr_in6`.
    let bytes: [UInt8]
    let family: Int32

    /// The loopback, with a port that the kernel chooses.
    static var anyPort: SocketAddress {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return SocketAddress(bytes: unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }, family: AF_INET)
    }

    /// - Parameters:
    ///   - host: `NONE` and `NONE6` are this host's loopback: a bench is not reachable from elsewhere unless an address is given.
    ///   - service: a number, or a name from one of `servicesFiles`, protocol udp.
    /// - Throws: `StartFailure` if there is no such host or service.
    static func resolve(
        _ host: String, _ service: String, servicesFiles: [String]
    ) throws(StartFailure) -> SocketAddress {
        let port = try port(service, servicesFiles)
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let name =
            switch host.uppercased() {
            case "NONE": "127.0.0.1"
            case "NONE6": "::1"
            case _: host
            }
        let failure = unsafe getaddrinfo(name, String(port), &hints, &found)
        guard failure == 0, let first = unsafe found else {
            throw StartFailure(
                "There is no host '\(host)': \(unsafe String(cString: gai_strerror(failure))). "
                    + "Correct ip_address, or add the host to /etc/hosts.")
        }
        defer { unsafe freeaddrinfo(first) }
        // IPv4 first: `localhost` must be one address for both instances of a host.
        var chosen = unsafe first
        var next: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let entry = unsafe next {
            if unsafe entry.pointee.ai_family == AF_INET {
                unsafe chosen = entry
                break
            }
            unsafe next = entry.pointee.ai_next
        }
        let length = Int(unsafe chosen.pointee.ai_addrlen)
        return SocketAddress(
            bytes: unsafe Array(UnsafeRawBufferPointer(start: chosen.pointee.ai_addr, count: length)),
            family: unsafe chosen.pointee.ai_family)
    }

    private static func port(_ service: String, _ files: [String]) throws(StartFailure) -> UInt16 {
        if let number = UInt16(service) {
            guard number > 0 else { throw StartFailure("Port 0 is no service. Give a port number from 1 to 65535.") }
            return number
        }
        for file in files {
            guard let bytes = try? SystemCalls.read(file) else { continue }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let fields = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
                guard fields.count >= 2, fields[1].hasSuffix("/udp"),
                    fields[0] == service || fields.dropFirst(2).contains(where: { $0 == service }),
                    let number = UInt16(fields[1].dropLast(4))
                else { continue }
                return number
            }
        }
        throw StartFailure(
            "There is no service '\(service)'. Add a line such as '\(service) 11000/udp' to \(files[0]), "
                + "or give a port number.")
    }

    /// `127.0.0.1 port 11000`
    var description: String {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let failure = unsafe withPointer { pointer, length in
            unsafe getnameinfo(
                pointer, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                NI_NUMERICHOST | NI_NUMERICSERV)
        }
        guard failure == 0 else { return "an unknown address" }
        func text(_ characters: [CChar]) -> String {
            String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return "\(text(host)) port \(text(port))"
    }

    /// Calls `body` with the address as the kernel wants it.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { raw in
            unsafe body(raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
    }
}
