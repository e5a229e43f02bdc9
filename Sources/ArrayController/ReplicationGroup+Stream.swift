// The two ends of a group's stream: tracks read into it on the primary, frames applied from it on the secondary.

internal import Evidence
internal import Platform
internal import ReplicationCore
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// What became of a stream frame.
enum ApplyResult: Hashable {
    case applied
    case ignored
    /// The volume refused it: errno.
    case failed(Int32)
    /// It was against the rules of the stream.
    case broken
}

extension ReplicationGroup {
    // MARK: Copying

    /// Whether a pair of this side is still to be copied, now or once there is room.
    var isCopying: Bool {
        state.withLock { state in
            let record = state.machine.record
            return record.role == .primary && record.pairs.contains { !$0.isDeleted && $0.status == .copying }
        }
    }

    /// Copied at least before they are sent together: a lonely track costs as much to send, to acknowledge and to be woken
    /// for as a long run.
    private static let copyBatch = 512 << 10
    /// Bytes that are read and summed while the processor's caches have them.
    private static let copyPiece = 128 << 10

    /// Copies runs of tracks until there are enough to be sent, or one if hosts wait for the link. Returns false if there is
    /// nothing to copy or no room for it now.
    func copyOnce(_ volumeOf: (LDEVNumber) -> Volume?) -> Bool {
        var bytes = 0
        var isUseful = false
        while bytes < Self.copyBatch {
            let allowance = link.copyAllowance
            guard let count = copyRun(volumeOf, allowance) else { break }
            isUseful = true
            if allowance != nil { break }
            bytes += max(count, 1 << 12)
        }
        if isUseful { link.flush() }
        return isUseful
    }

    /// Copies one run of tracks, if it is still to be copied by then. Returns how many bytes were queued on the link; nil if
    /// there is nothing to copy or no room for it now.
    private func copyRun(_ volumeOf: (LDEVNumber) -> Volume?, _ allowance: Int?) -> Int? {
        guard
            let (pair, tracks, extent, ldev) = state.withLock({ state -> (Int, TrackRange, ByteExtent, LDEVNumber)? in
                guard let next = state.machine.peekCopy(allowance: allowance) else { return nil }
                return (next.pair, next.tracks, next.extent, state.machine.record.pairs[next.pair].local)
            }), let volume = volumeOf(ldev)
        else { return nil }
        let range = volume.acquire(extent)
        defer { volume.release(range) }
        let (decision, heading) = state.withLock { state in
            (state.machine.issueCopy(pair: pair, tracks: tracks), FrameHeading(state.machine.record, pair))
        }
        guard let job = decision.job else { return decision == .outdated ? 0 : nil }
        let count = Int(job.extent.count)
        let target = unsafe ring.frame(at: job.position, payloadBytes: count)
        let (failure, sum) = unsafe read(job.extent, of: volume, into: target.payload)
        let header = unsafe self.header(
            .copy, job.sequence, heading, job.extent, payload: UnsafeRawBufferPointer(target.payload), payloadSum: sum)
        unsafe header.encode(into: target)
        if isJournalled { memory.noteLaid(job.sequence) }
        lockedUnsent { state in carryOut(state.machine.copyFilled(job.sequence, succeeded: failure == 0), &state) }
        return count
    }

    /// Reads and sums. Returns 0 or an errno, and the sum, which is right also of what a failed read left in `target`.
    private func read(
        _ extent: ByteExtent, of volume: Volume, into target: UnsafeMutableRawBufferPointer
    ) -> (failure: Int32, sum: UInt32) {
        var (failure, sum): (Int32, UInt32) = (0, 0)
        for start in stride(from: 0, to: target.count, by: Self.copyPiece) {
            let piece = unsafe UnsafeMutableRawBufferPointer(
                rebasing: target[start..<min(start + Self.copyPiece, target.count)])
            if failure == 0 { unsafe failure = volume.file.read(into: piece, at: extent.offset + UInt64(start)) }
            unsafe sum = payloadChecksum(sum, UnsafeRawBufferPointer(piece))
        }
        return (failure, sum)
    }

    // MARK: Receiving

    /// Applies a stream frame. Returns false if it could not be written.
    func apply(
        _ header: FrameHeader, payload: UnsafeRawBufferPointer, cache: FarCache, _ volumeOf: (LDEVNumber) -> Volume?
    ) -> ApplyResult {
        let extent = ByteExtent(offset: header.offset, count: header.extentBytes)
        let volume = header.kind == .transition || header.kind == .void ? nil : volumeOf(header.ldev)
        if let volume, !Self.fits(header, payload.count, volume) { return .broken }
        if isJournalled { return unsafe store(header, payload, volumeOf) }
        // A volume that has left the group may be on its way into another one, which holds it until this link has said more.
        let range = volume.flatMap { $0.member?.group === self ? $0.acquire(extent) : nil }
        defer { if let range { volume?.release(range) } }
        switch state.withLock({ $0.machine.receive(header) }) {
        case .stale: return .ignored
        case .duplicate: return .applied
        case .gap: return .broken
        case .skip:
            if header.kind == .transition {
                guard let transition = try? StreamTransition(decoding: unsafe [UInt8](payload)) else { return .broken }
                locked { state in
                    // The record first: a change that is counted as applied is never sent again.
                    carryOut(state.machine.apply(transition), &state)
                    state.machine.applied(header.sequence)
                }
            } else {
                state.withLock { $0.machine.applied(header.sequence) }
            }
            return .applied
        case .apply:
            guard let volume, range != nil else { return .broken }
            let place = noteArrival(header)
            unsafe cache.begin(header, ldev: header.ldev, payload: payload)
            let failure = unsafe put(header.kind, header.flags, extent, payload, volume)
            guard failure == 0 else {
                cache.end()
                perform { $0.applyFailed() }
                return .failed(failure)
            }
            state.withLock { $0.machine.applied(header.sequence) }
            cache.end()
            ledger?.stamp(place, .local, at: monotonicNanoseconds())
            return .applied
        }
    }

    /// Whether what the header says lies within the volume, and is what the payload is.
    static func fits(_ header: FrameHeader, _ payloadBytes: Int, _ volume: Volume) -> Bool {
        let (end, wraps) = header.offset.addingReportingOverflow(header.extentBytes)
        return !wraps && end <= volume.byteCount && (header.kind == .zero || payloadBytes == Int(header.extentBytes))
    }

    func put(
        _ kind: FrameKind, _ flags: UInt16, _ extent: ByteExtent, _ payload: UnsafeRawBufferPointer, _ volume: Volume
    ) -> Int32 {
        let content: HostWrite.Content =
            kind == .zero ? .zero(keepsBlocks: flags & 1 == 1) : unsafe .bytes(payload)
        return volume.put(HostWrite(extent: extent, content: content, isDurable: false))
    }

    /// Finishes what a killed process was applying. Returns 0 or an errno; then the pair is suspended, as it would have
    /// been had the process lived.
    func redo(_ frame: UnfinishedFrame, on volume: Volume) -> Int32 {
        let isNext = state.withLock {
            $0.machine.record.role == .secondary && $0.machine.memory.applied.next == frame.sequence
        }
        guard isNext, volume.member?.group === self else { return 0 }
        let failure = unsafe put(frame.kind, 0, frame.extent, frame.payload, volume)
        if failure == 0 {
            state.withLock { $0.machine.applied(frame.sequence) }
        } else {
            perform { $0.applyFailed() }
        }
        return failure
    }

    /// Up to here the other array may forget what it sent.
    var delivered: (SequenceNumber, Epoch) { state.withLock { ($0.machine.delivered, $0.machine.record.epoch) } }
}
