// The command device: a file through which host commands talk to the array in band. A client writes a request at offset
// 0 and reads the answer at offset 0; the read ends when the array has finished. Each open file is a mailbox of its own.

internal import CommandDevice
internal import FuseDevice
internal import Platform
internal import ReplicationCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// The file `cmd` of an array.
///
/// **Threads**: FUSE workers; each request is answered on a thread of its own, since it may take minutes.
final class CommandDeviceFile: FuseFile {
    private struct Mailbox {
        var isWorking = false
        var reply: [UInt8]?
        var reader: FuseToken?
    }
    private let controller: ArrayController
    private let mailboxes = Monitor([UInt64: Mailbox]())

    init(controller: ArrayController) { self.controller = controller }

    let name = "cmd"
    var byteCount: UInt64 { UInt64(CommandDeviceWire.largestMessage) }
    var permissions: UInt32 { 0o600 }
    var parksReads: Bool { true }

    func open(handle: UInt64) -> Int32 {
        mailboxes.withLock { $0[handle] = Mailbox() }
        return 0
    }

    func release(handle: UInt64) {
        let reader = mailboxes.withLock { $0.removeValue(forKey: handle)?.reader }
        if let reader { FuseRequest.adopt(reader).reply(failing: EINTR) }
    }

    func write(
        handle: UInt64, offset: UInt64, bytes: UnsafeRawBufferPointer, options: FuseWriteOptions,
        request: consuming FuseRequest
    ) {
        guard offset == 0 else {
            request.reply(failing: EINVAL)
            return
        }
        let isFree = mailboxes.withLock { boxes in
            guard boxes[handle]?.isWorking == false else { return false }
            boxes[handle] = Mailbox(isWorking: true)
            return true
        }
        guard isFree else {
            request.reply(failing: EBUSY)
            return
        }
        let message = unsafe [UInt8](bytes)
        let count = bytes.count
        startDetachedThread("command") { self.work(message, for: handle) }
        request.reply(written: count)
    }

    private func work(_ message: [UInt8], for handle: UInt64) {
        let reply: ArrayReply
        do {
            reply = controller.answer(try ArrayRequest(decoding: message))
        } catch {
            reply = .refused(.notUnderstood, nil)
        }
        let bytes = reply.encoded()
        let reader = mailboxes.withLock { boxes -> FuseToken? in
            guard boxes[handle] != nil else { return nil }
            let reader = boxes[handle]?.reader
            boxes[handle] = Mailbox(reply: reader == nil ? bytes : nil)
            return reader
        }
        if let reader { FuseRequest.adopt(reader).reply(bytes: bytes) }
    }

    func read(
        handle: UInt64, offset: UInt64, count: Int, scratch: UnsafeMutableRawBufferPointer,
        request: consuming FuseRequest
    ) {
        guard offset == 0 else {
            unsafe request.reply(bytes: UnsafeRawBufferPointer(start: nil, count: 0))
            return
        }
        enum Next {
            case answer([UInt8])
            case wait, nothing, interrupted
        }
        let token = request.detach()
        let next = mailboxes.withLock { boxes -> Next in
            guard let box = boxes[handle] else { return .nothing }
            if let reply = box.reply {
                boxes[handle] = Mailbox()
                return .answer(reply)
            }
            guard box.isWorking, box.reader == nil else { return .nothing }
            // Looked at under the lock: an interrupt that comes later finds the token in the table.
            if token.isInterrupted { return .interrupted }
            boxes[handle]?.reader = token
            return .wait
        }
        switch next {
        case .answer(let bytes): FuseRequest.adopt(token).reply(bytes: bytes)
        case .interrupted: FuseRequest.adopt(token).reply(failing: EINTR)
        case .nothing: FuseRequest.adopt(token).reply(failing: ENODATA)
        case .wait: break
        }
    }

    func interrupted(handle: UInt64, token: FuseToken) {
        let isWaiting = mailboxes.withLock { boxes in
            guard boxes[handle]?.reader == token else { return false }
            boxes[handle]?.reader = nil
            return true
        }
        if isWaiting { FuseRequest.adopt(token).reply(failing: EINTR) }
    }

    func discard(offset: UInt64, count: UInt64, zeroing: Bool, request: consuming FuseRequest) {
        request.reply(failing: EOPNOTSUPP)
    }

    func flushToDisk(handle: UInt64, dataOnly: Bool, request: consuming FuseRequest) { request.reply() }
}
