// Where a link listens or connects: a Unix socket, or TCP on loopback unless the owner allows more. Written in bench
// files as `unix:/run/a.sock`, `tcp:127.0.0.1:7001`, `tcp:[::1]:7001`.

/// An address of a link.
package enum LinkAddress: Hashable, Sendable, CustomStringConvertible {
    case unix(path: String)
    case tcp(host: String, port: UInt16)

    /// Reads `unix:/path` or `tcp:host:port` (an IPv6 host in brackets).
    /// - Parameter allowsRemote: without it only loopback hosts are taken: the link's bytes are not encrypted.
    /// - Throws: `LinkAddressError`, which says what is wrong and what to write.
    package init(parsing text: String, allowsRemote: Bool = false) throws(LinkAddressError) {
        if text.hasPrefix("unix:") {
            self = .unix(path: String(text.dropFirst(5)))
        } else if text.hasPrefix("tcp:"), let colon = text.lastIndex(of: ":"), colon > text.startIndex {
            let start = text.index(text.startIndex, offsetBy: 4)
            guard start <= colon, let port = UInt16(text[text.index(after: colon)...]) else {
                throw LinkAddressError(text, "has no port from 0 to 65535; write tcp:127.0.0.1:7001")
            }
            var host = text[start..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            self = .tcp(host: String(host), port: port)
        } else {
            throw LinkAddressError(text, "begins with neither unix: nor tcp:; write unix:/path or tcp:127.0.0.1:7001")
        }
        try check(text, allowsRemote: allowsRemote)
    }

    private func check(_ text: String, allowsRemote: Bool) throws(LinkAddressError) {
        switch self {
        case .unix(let path):
            guard path.hasPrefix("/") else {
                throw LinkAddressError(text, "is not an absolute path; write unix:/path")
            }
            guard path.utf8.count <= Self.longestUnixPath else {
                throw LinkAddressError(
                    text,
                    "has a path of \(path.utf8.count) bytes, at most \(Self.longestUnixPath) fit; "
                        + "put the bench into a folder with a shorter path")
            }
        case .tcp(let host, _):
            guard !host.isEmpty else { throw LinkAddressError(text, "has no host; write tcp:127.0.0.1:7001") }
            guard allowsRemote || isLoopback else {
                throw LinkAddressError(
                    text, "is not a loopback address; use 127.0.0.1, ::1 or localhost, or allow remote links explicitly"
                )
            }
        }
    }

    /// `sun_path` has 108 bytes, the last one zero.
    package static let longestUnixPath = 107

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || Self.isLoopbackIPv4(host)
        }
    }

    /// `127.a.b.c` in digits: a name that merely begins like that is somebody else's.
    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    package var description: String {
        switch self {
        case .unix(let path): "unix:" + path
        case .tcp(let host, let port): host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
        }
    }
}

/// A link address that cannot be used.
package struct LinkAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    package var text: String
    package var reason: String
    init(_ text: String, _ reason: String) {
        self.text = text
        self.reason = reason
    }
    package var description: String { "cannot use link address '\(text)': it \(reason)" }
}
