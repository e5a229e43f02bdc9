// The socket calls of a link, each with its errno as a value. Nothing here decides anything.

internal import CPlatform
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// Thin wrappers. Descriptors are plain numbers; who closes them is said at every use.
enum Sockets {
    /// Bytes that the kernel keeps for this side before the sender waits: enough for a full pipe on loopback.
    static let sendBufferBytes: Int32 = 1 << 20

    enum Received {
        case bytes(Int)
        /// Nothing there (within the receive timeout, if the socket blocks).
        case nothing
        case end
        case failed(Int32)
    }

    static func receive(
        _ descriptor: Int32, into room: UnsafeMutableRawBufferPointer, waits: Bool
    ) -> Received {
        while true {
            let count = unsafe recv(descriptor, room.baseAddress, room.count, waits ? 0 : Int32(MSG_DONTWAIT))
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .nothing
            case let code: return .failed(code)
            }
        }
    }

    enum Sent {
        case bytes(Int)
        case full
        case failed(Int32)
    }

    /// Sends without waiting. // hot
    static func send(_ descriptor: Int32, _ vectors: UnsafeMutableBufferPointer<iovec>) -> Sent {
        var message = unsafe msghdr()
        unsafe message.msg_iov = vectors.baseAddress
        unsafe message.msg_iovlen = vectors.count
        while true {
            let count = unsafe sendmsg(
                descriptor, &message, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS: return .full
            case let code: return .failed(code)
            }
        }
    }

    /// Sends a short message on a fresh connection, all or nothing.
    static func send(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.send(
                descriptor, bytes.baseAddress, bytes.count,
                Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) == bytes.count
        }
    }

    /// Waits for events on several descriptors; the ones that have any, by index. Empty after the time.
    static func wait(_ wanted: [(descriptor: Int32, events: Int32)], milliseconds: Int32) -> [Int] {
        var polled = wanted.map { pollfd(fd: $0.descriptor, events: Int16($0.events), revents: 0) }
        guard unsafe poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return [] }
        return polled.indices.filter { polled[$0].revents != 0 }
    }

    /// POLLRDHUP: the reading half is shut, by the far side or by `stopReading`.
    private static let pollEnd: Int16 = 0x2000

    /// Waits until the socket takes bytes or the connection ends, at most a tenth of a second.
    static func waitForRoom(_ descriptor: Int32) {
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT) | pollEnd, revents: 0)
        _ = unsafe poll(&polled, 1, 100)
    }

    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // An option that a kind of socket does not know is no loss: TCP_NODELAY on a Unix socket.
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Makes a fresh connection ready for frames. `silenceStep`: how long a read waits before it returns empty.
    static func prepare(_ descriptor: Int32, silenceStep: Span) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(descriptor, SOL_SOCKET, SO_SNDBUF, sendBufferBytes)
        let microseconds = max(1000, silenceStep.nanoseconds / 1000)
        var time = timeval(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Closes so that the far side sees a reset, not an end.
    static func reset(_ descriptor: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close(descriptor)
    }

    /// Wakes whoever reads or polls the descriptor, without telling the far side.
    static func stopReading(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_RD)) }

    /// The error that a connect in the background ended with; 0 = connected.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { return errno }
        return code
    }

    static func setBlocking(_ descriptor: Int32, _ blocks: Bool) {
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, blocks ? flags & ~O_NONBLOCK : flags | O_NONBLOCK)
    }
}
