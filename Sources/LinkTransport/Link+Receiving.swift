// The receive thread: the life of one connection after its handshake. Reads as much as the region takes, checks and
// hands over whole frames in place, moves a broken-off rest to the front only when it has to.

internal import CPlatform
internal import Platform
internal import ReplicationCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

extension Link {
    /// The receive thread of a listening link: one connection after the other, as the acceptor hands them over.
    func runReceiving(_ receiver: any LinkReceiver) {
        while true {
            let candidate: LinkState.Candidate?? = shared.wait { state in
                if let candidate = state.candidate {
                    state.candidate = nil
                    return .some(candidate)
                }
                return state.isStopping ? .some(nil) : nil
            }
            guard let candidate = candidate ?? nil else { return }
            serve(candidate, receiver)
        }
    }

    /// Runs one connection from `linkIsUp` to `linkIsDown`. Closes its descriptor.
    func serve(_ candidate: LinkState.Candidate, _ receiver: any LinkReceiver) {
        let descriptor = candidate.descriptor
        // A silent far side is noticed between one and one and an eighth of the timeout.
        Sockets.prepare(
            descriptor, silenceStep: Span(nanoseconds: configuration.timers.heartbeatTimeout.nanoseconds / 8))
        let isWelcome = shared.withLock { state in
            guard state.mayConnect else { return false }
            state.establish(
                descriptor, heartbeatInterval: configuration.timers.heartbeatInterval, now: monotonicNanoseconds())
            return true
        }
        guard isWelcome else {
            Sockets.reset(descriptor)
            return
        }
        shared.wakeAll()
        log(.connected(configuration.end.address))
        receiver.linkIsUp()
        let reason = receive(descriptor, candidate.machine, receiver)
        takeDown(descriptor)
        receiver.linkIsDown(reason)
        log(.lost(reason))
    }

    /// Waits until no thread uses the connection, then closes it and empties the queue.
    private func takeDown(_ descriptor: Int32) {
        shared.wakeAll()
        if shared.wait({ $0.end() }) != true { Sockets.reset(descriptor) }
        shared.wakeAll()
    }

    /// Reads until the connection is lost. Returns why.
    private func receive(
        _ descriptor: Int32, _ established: LinkMachine, _ receiver: any LinkReceiver
    ) -> LinkLoss {
        var machine = established
        var buffer = unsafe ReceiveBuffer(receiveRegion)
        var isBusy = false
        while true {
            let received = unsafe next(descriptor, into: buffer.room(), isBusy: isBusy, receiver)
            let wasBusy = isBusy
            isBusy = false
            if let loss = shared.withLock({ $0.loss }) { return loss }
            var orders: [LinkMachine.Order] = []
            switch received {
            case .bytes(let count):
                machine.receivedBytes(at: .now)
                bytesReceived.wrappingAdd(UInt64(count), ordering: .relaxed)
                buffer.filled(count)
                switch deliver(&buffer, to: receiver) {
                // A heartbeat or a part of a frame is not what was expected: what was put off is still owed.
                case .success(let isExpectingMore): isBusy = isExpectingMore ?? wasBusy
                case .failure(let error): orders = machine.lost(.damaged(error))
                }
            case .nothing: orders = machine.tick(at: .now)
            case .end: orders = machine.lost(.closedByPeer)
            case .failed(let code): orders = machine.lost(code == ECONNRESET ? .closedByPeer : .failed(code))
            }
            for case .drop(let loss) in orders { return settle(loss) }
        }
    }

    /// How long the receive thread looks for more without sleeping if its receiver expects it, in nanoseconds. Waking a
    /// thread takes longer than most answers take to come; whoever else wants the processor gets it meanwhile.
    private static let lookingOn: UInt64 = 50_000

    /// The next bytes. Sleeps for them, after having looked for a while if the link is busy. // hot
    private func next(
        _ descriptor: Int32, into room: UnsafeMutableRawBufferPointer, isBusy: Bool, _ receiver: any LinkReceiver
    ) -> Sockets.Received {
        guard isBusy else { return unsafe Sockets.receive(descriptor, into: room, waits: true) }
        let end = monotonicNanoseconds() + Self.lookingOn
        repeat {
            switch unsafe Sockets.receive(descriptor, into: room, waits: false) {
            case .nothing: sched_yield()
            case let received: return received
            }
        } while monotonicNanoseconds() < end
        receiver.fellQuiet()
        return unsafe Sockets.receive(descriptor, into: room, waits: true)
    }

    /// Whoever noticed first names the reason.
    private func settle(_ loss: LinkLoss) -> LinkLoss {
        fail(loss)
        return shared.withLock { $0.loss } ?? loss
    }

    /// Hands over every whole frame in the buffer. Returns whether the receiver expects more at once - nil if it got
    /// nothing -, or what is wrong with the first frame that is damaged. // hot
    private func deliver(_ buffer: inout ReceiveBuffer, to receiver: any LinkReceiver) -> Result<Bool?, WireError> {
        do throws(WireError) {
            var count: UInt64 = 0
            while let frame = unsafe try buffer.next() {
                if unsafe frame.header.kind == .heartbeat {
                    heartbeatsReceived.wrappingAdd(1, ordering: .relaxed)
                } else {
                    count += 1
                    unsafe receiver.received(frame.header, payload: frame.payload)
                }
            }
            framesReceived.wrappingAdd(count, ordering: .relaxed)
            return .success(count > 0 ? receiver.receivedBatch() : nil)
        } catch {
            return .failure(error)
        }
    }
}
