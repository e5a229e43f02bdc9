// The machine's own log: syslog(3), for programs that an operator watches there.

internal import CPlatform

#if canImport(Glibc)
    internal import Glibc
#endif

package enum SystemLog {
    /// Facility and severity of a message, in syslog's own numbers.
    /// - Source: RFC 3164, section 4.1.1: the priority is the facility times eight, plus the severity.
    package enum Kind: Int32, Hashable, Sendable {
        /// `user.info`
        case userInformation = 0o16
        /// `daemon.err`
        case daemonError = 0o33
    }

    /// Where syslog(3) finds its service. Without it nothing is said at all: a host of a bench mostly has none.
    private static let socket = "/dev/log"

    /// One message; a machine that cannot take it now loses it.
    /// - Parameter name: of the program that says it.
    ///
    /// **Threads**: any.
    package static func write(_ text: String, as name: String, _ kind: Kind) {
        guard unsafe access(socket, W_OK) == 0 else { return }
        unsafe arraybench_syslog(name, kind.rawValue, text)
    }
}
