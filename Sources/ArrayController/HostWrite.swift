// One write as a host gave it: bytes, or a range that becomes zero.

internal import FuseDevice
internal import ReplicationCore
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a host writes. Lives on the stack of the thread that carries it; its bytes are the kernel's buffer.
@safe struct HostWrite {
    @safe enum Content {
        case bytes(UnsafeRawBufferPointer)
        case zero(keepsBlocks: Bool)
    }
    let extent: ByteExtent
    let content: Content
    let isDurable: Bool

    init(extent: ByteExtent, content: Content, isDurable: Bool) {
        self.extent = extent
        self.content = content
        self.isDurable = isDurable
    }

    /// Bytes on the wire behind the header.
    var payloadBytes: Int {
        switch content {
        case .bytes(let bytes): bytes.count
        case .zero: 0
        }
    }

    /// What the kernel is told about a write that succeeded; nil for a discard, which has no count.
    var writtenCount: Int? {
        switch content {
        case .bytes(let bytes): bytes.count
        case .zero: nil
        }
    }

    func answer(_ request: consuming FuseRequest, failure: Int32) {
        guard failure == 0 else {
            request.reply(failing: failure)
            return
        }
        if let count = writtenCount { request.reply(written: count) } else { request.reply() }
    }
}

/// A write that waits for the far side's acknowledgement.
struct ParkedWrite {
    var token: FuseToken
    var writtenCount: Int?
    /// Its entry in the ledger.
    var place: LedgerPlace

    func answer(succeeded: Bool) {
        let request = FuseRequest.adopt(token)
        guard succeeded else {
            request.reply(failing: EIO)
            return
        }
        if let count = writtenCount { request.reply(written: count) } else { request.reply() }
    }
}
