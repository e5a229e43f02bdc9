// The UDP socket of an instance: requests to partners, and requests from them. The rules of the exchange are
// `PartnerRequest` and `PartnerResponder`; this file sends, receives and waits.

internal import CPlatform
internal import Glibc
internal import Platform
internal import RaidManager
internal import RaidManagerShell
internal import ReplicationCore

/// **Threads**: `ask` is called from any thread and blocks it. One receiving thread runs for the life of the process;
/// each request of a partner is carried out on a thread of its own, at most `ExchangeTimers.workMaximum` at a time. All
/// that they share is in `state`.
final class PartnerSocket: PartnerPort {
    private struct State {
        var responder: PartnerResponder
        var requests: [PartnerDatagram.Identifier: PartnerRequest] = [:]
        /// The lives of partners, by address.
        var lives: [SocketAddress: UInt64] = [:]
        var counter: UInt64 = 0
        /// Partners that did not answer when they were asked last.
        var silent: Set<SocketAddress> = []
        /// Those that were refused: the log names each once.
        var refused: Set<SocketAddress> = []
    }

    private let file: Int32
    private let life: UInt64
    private let authenticator: Authenticator
    private let timers: ExchangeTimers
    private let book: AddressBook
    /// Whose requests are answered; nil: everybody's.
    private let answered: Set<SocketAddress>?
    private let log: DaemonLog
    private let state: Monitor<State>

    init(
        _ configuration: HorcmConfiguration, _ environment: InstanceEnvironment, _ authenticator: Authenticator,
        _ log: DaemonLog
    ) throws(StartFailure) {
        let monitor = configuration.monitor
        book = AddressBook(environment)
        let address = try book.own(monitor, isAsked: !configuration.partners.isEmpty)
        answered = Self.addresses(configuration.answered, book, log)
        let file = socket(address.family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else {
            throw StartFailure("No UDP socket can be made: \(systemErrorText(errno)).", .noRemoteEndpoint)
        }
        var bytes: Int32 = 4 << 20
        unsafe setsockopt(file, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe address.withPointer({ unsafe bind(file, $0, $1) }) == 0 else {
            throw StartFailure(
                "HORCM_MON's \(monitor.address ?? "NONE") \(monitor.service) cannot be used: \(systemErrorText(errno)). "
                    + "Give an address of this host and a service that is free.", .noRemoteEndpoint)
        }
        self.file = file
        life = SystemCalls.randomNumber()
        self.authenticator = authenticator
        self.log = log
        timers = ExchangeTimers(timeout: monitor.timeout, clockRate: environment.clockRate)
        state = Monitor(State(responder: PartnerResponder(life: life)))
    }

    /// What is not found asks nothing; the log says so.
    private static func addresses(
        _ names: [InstanceAddress]?, _ book: AddressBook, _ log: DaemonLog
    ) -> Set<SocketAddress>? {
        guard let names else { return nil }
        return Set(
            names.compactMap { name in
                do throws(StartFailure) {
                    return try book.resolve(name.address, name.service)
                } catch {
                    log.write(DaemonMessage.strangerUnknown.line("\(name)", error.description))
                    return nil
                }
            })
    }

    // MARK: Asking

    func ask(
        _ request: InstanceRequest, of partners: [HorcmConfiguration.PartnerLine]
    ) throws(HorcmFailure) -> InstanceReply {
        var failure = HorcmFailure(.noRemoteHost)
        for partner in partners {
            do throws(StartFailure) {
                let address = try book.resolve(partner.address, partner.service)
                let reply = ask(request.encoded(), address)
                note(isSilent: reply == nil, partner, address)
                if let reply {
                    do throws(WireError) {
                        return try InstanceReply(decoding: reply)
                    } catch {
                        throw StartFailure("The partner \(partner.address) speaks another version.")
                    }
                }
            } catch {
                failure = HorcmFailure(.noRemoteHost, error.description)
            }
        }
        throw failure
    }

    /// The log says once that a partner does not answer, until it does again.
    private func note(isSilent: Bool, _ partner: HorcmConfiguration.PartnerLine, _ address: SocketAddress) {
        let isNews = state.withLock { state in
            isSilent ? state.silent.insert(address).inserted : state.silent.remove(address) != nil
        }
        guard isNews else { return }
        let message = isSilent ? DaemonMessage.communicationFailed : .partnerBack
        let sentence = "The partner \(partner.address) \(partner.service)"
        log.write(message.line(sentence + (isSilent ? " does not answer." : "")))
    }

    /// nil: no answer.
    private func ask(_ payload: [UInt8], _ address: SocketAddress) -> [UInt8]? {
        let identifier = state.withLock { state in
            state.counter += 1
            let identifier = PartnerDatagram.Identifier(life: life, counter: state.counter)
            state.requests[identifier] = PartnerRequest(
                identifier, payload: payload, partnerLife: state.lives[address] ?? 0, timers: timers, now: now())
            return identifier
        }
        defer {
            state.withLock { state in
                if let request = state.requests.removeValue(forKey: identifier) {
                    state.lives[address] = request.partnerLife
                }
            }
        }
        while true {
            let wall = SystemCalls.wallMilliseconds()
            let (datagram, next) = state.withLock { state in
                (
                    state.requests[identifier]?.sending(at: now(), wallMilliseconds: wall),
                    state.requests[identifier]?.nextMoment ?? now()
                )
            }
            if let datagram { send(datagram, address) }
            enum Progress {
                case answered([UInt8])
                case silent, again
            }
            let progress = state.wait(until: next.nanoseconds) { state -> Progress? in
                guard let request = state.requests[identifier] else { return .silent }
                if case .answered(let reply) = request.state { return .answered(reply) }
                if request.hasTimedOut(at: self.now()) { return .silent }
                return request.nextMoment <= self.now() ? .again : nil
            }
            switch progress {
            case .answered(let reply): return reply
            case .silent: return nil
            case .again, nil: continue
            }
        }
    }

    // MARK: Answering

    /// Starts the receiving thread.
    /// - Parameter answer: carries out a partner's request; may block.
    func serve(_ answer: @escaping @Sendable (InstanceRequest) -> InstanceReply) -> NamedThread {
        NamedThread("partner") { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                var sender = sockaddr_storage()
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let count = unsafe withUnsafeMutablePointer(to: &sender) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe recvfrom(file, &buffer, buffer.count, 0, $0, &length)
                    }
                }
                // An ICMP error of an earlier sending shows here; it says nothing about this socket.
                guard count > 0, let datagram = authenticator.open(buffer.prefix(count)) else { continue }
                let bytes = unsafe withUnsafeBytes(of: &sender) { unsafe Array($0.prefix(Int(length))) }
                let address = SocketAddress(bytes: bytes, family: Int32(sender.ss_family))
                receive(datagram, address, answer)
            }
        }
    }

    private func receive(
        _ datagram: PartnerDatagram, _ address: SocketAddress,
        _ answer: @escaping @Sendable (InstanceRequest) -> InstanceReply
    ) {
        let wall = SystemCalls.wallMilliseconds()
        guard datagram.kind == .request else {
            state.withLock { $0.requests[datagram.identifier]?.receive(datagram, now: now(), wallMilliseconds: wall) }
            state.wakeAll()
            return
        }
        switch state.withLock({ $0.responder.receive(datagram, now: now(), wallMilliseconds: wall) }) {
        case .ignore: return
        case .send(let reply): send(reply, address)
        case .work(let identifier, let payload):
            Worker.run { [self] in
                let reply = isAnswered(address) ? Self.answer(payload, answer) : Self.refusal
                let wall = SystemCalls.wallMilliseconds()
                send(
                    state.withLock {
                        $0.responder.finish(identifier, reply: reply, now: now(), wallMilliseconds: wall)
                    }, address)
            }
        }
    }

    /// - Source: that who is not named gets EX_ERPERM is known of the manuals.
    private static var refusal: [UInt8] {
        InstanceReply.failed(
            HorcmFailure(.roleDenied, "HORCM_ALLOW_INST of the partner does not name this instance.")
        ).encoded()
    }

    private func isAnswered(_ address: SocketAddress) -> Bool {
        guard let answered, !answered.contains(address) else { return true }
        if state.withLock({ $0.refused.insert(address).inserted }) {
            log.write(DaemonMessage.strangerRefused.line("\(address)"))
        }
        return false
    }

    private static func answer(_ payload: [UInt8], _ answer: (InstanceRequest) -> InstanceReply) -> [UInt8] {
        do throws(WireError) {
            let reply = answer(try InstanceRequest(decoding: payload)).encoded()
            guard reply.count <= PartnerDatagram.largestPayload else {
                return InstanceReply.failed(HorcmFailure(.resultTooLarge)).encoded()
            }
            return reply
        } catch {
            return InstanceReply.failed(HorcmFailure(.unknownFunction, "The partner speaks another version.")).encoded()
        }
    }

    private func send(_ datagram: PartnerDatagram, _ address: SocketAddress) {
        let bytes = authenticator.seal(datagram)
        // A datagram that is lost here is sent again like one that is lost on the way.
        _ = unsafe bytes.withUnsafeBytes { raw in
            unsafe address.withPointer { unsafe sendto(file, raw.baseAddress, raw.count, 0, $0, $1) }
        }
    }

    private func now() -> Moment { Moment(nanoseconds: monotonicNanoseconds()) }
}
