// One request of the kernel, and the promise that it is answered exactly once.
//
// libfuse hands out a pointer that stays valid until one of its reply functions is called, from whatever thread,
// however much later. Answering twice corrupts its list of requests; not answering leaves a host process asleep for
// ever. Both are therefore made impossible to write: a request cannot be copied, every answer consumes it, and one
// that goes out of scope is answered with EIO.
//
// A request also keeps its session alive: the last answer after `FuseSession.stop()` takes the session down.

internal import CFuse

#if canImport(Glibc)
    internal import Glibc
#endif

/// A kernel request. It is answered exactly once; a forgotten one is answered with EIO. Any thread may answer.
@safe package struct FuseRequest: ~Copyable, @unchecked Sendable {
    private let raw: OpaquePointer

    /// Takes a request from libfuse, inside one of its callbacks. // hot
    init(_ raw: OpaquePointer, of folder: FuseFolder) {
        unsafe self.raw = raw
        folder.requestTaken()
    }

    private init(again raw: OpaquePointer) { unsafe self.raw = raw }

    deinit {
        unsafe Self.answer(raw) { raw in unsafe fuse_reply_err(raw, EIO) }
    }

    /// Done. For a flush and a discard.
    package consuming func reply() {
        unsafe Self.answer(raw) { raw in unsafe fuse_reply_err(raw, 0) }
        discard self
    }

    /// `count` bytes were written: all that the write call was given, or fewer if the rest did not fit. // hot
    package consuming func reply(written count: Int) {
        unsafe Self.answer(raw) { raw in unsafe fuse_reply_write(raw, count) }
        discard self
    }

    /// The bytes read, copied before this returns. Fewer than were asked for mean that the file ends there. // hot
    package consuming func reply(bytes: UnsafeRawBufferPointer) {
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        unsafe Self.answer(raw) { raw in unsafe fuse_reply_buf(raw, start, bytes.count) }
        discard self
    }

    /// The same, for an answer put together in an array.
    package consuming func reply(bytes: [UInt8]) {
        let token = detach()
        unsafe bytes.withUnsafeBytes { bytes in unsafe FuseRequest.adopt(token).reply(bytes: bytes) }
    }

    /// - Parameter code: an errno; the host's system call fails with it. 0 would mean success and is refused.
    package consuming func reply(failing code: Int32) {
        precondition(code > 0, "a request can only fail with an errno, not with \(code)")
        unsafe Self.answer(raw) { raw in unsafe fuse_reply_err(raw, code) }
        discard self
    }

    /// As `FuseToken.isInterrupted`, which is the one to use inside the closure of a lock.
    package var isInterrupted: Bool { unsafe fuse_req_interrupted(raw) != 0 }

    /// Gives the request up for a token that can lie in a table. Somebody must `adopt` it, exactly once.
    package consuming func detach() -> FuseToken {
        let token = unsafe FuseToken(bits: UInt(bitPattern: raw))
        discard self
        return token
    }

    /// Makes the request again from its token. A token adopted twice is a broken program, which nothing can detect.
    package static func adopt(_ token: FuseToken) -> FuseRequest {
        guard let raw = unsafe OpaquePointer(bitPattern: token.bits) else { preconditionFailure("an empty token") }
        return unsafe FuseRequest(again: raw)
    }

    private static func answer(_ raw: OpaquePointer, with body: (OpaquePointer) -> Int32) {
        // After the answer `raw` is gone, and perhaps the session with it, unless this request still counts.
        let folder = unsafe Unmanaged<FuseFolder>.fromOpaque(fuse_req_userdata(raw))
        _ = unsafe body(raw)
        unsafe FuseFolder.requestAnswered(folder)
    }
}

/// A request that waits for its answer, as plain bits: to be kept in a table and handed between threads.
package struct FuseToken: Hashable, Sendable, BitwiseCopyable {
    let bits: UInt

    /// Whether the kernel has said that the host process waiting for the answer was hit by a signal. Ask this under
    /// the lock that guards the table, just before the token goes in (`FuseFile.interrupted` says why): the request
    /// must still be unanswered, and nobody else able to answer it.
    package var isInterrupted: Bool { unsafe fuse_req_interrupted(OpaquePointer(bitPattern: bits)) != 0 }
}
