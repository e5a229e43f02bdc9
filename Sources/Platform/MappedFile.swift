// A file in memory: what is stored there survives the process, whatever becomes of it.

internal import CPlatform

#if canImport(Glibc)
    internal import Glibc
#endif

/// What the operating system refused, with the file it was about.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package var operation: String
    package var path: String
    package var code: Int32
    package init(_ operation: String, _ path: String, _ code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }
    package var description: String { "cannot \(operation) \(path): \(systemErrorText(code))" }
}

/// The system's text for an errno.
package func systemErrorText(_ code: Int32) -> String {
    unsafe String(cString: strerror(code))
}

/// A file mapped shared. Stores reach the file without a system call and outlive a killed process.
///
/// **Threads**: the mapping may be used from any thread; who stores where is the owner's to settle.
@safe package final class MappedFile: @unchecked Sendable {
    package let bytes: UnsafeMutableRawBufferPointer
    package let path: String
    /// Whether the file was made (all zero) by this call.
    package let isNew: Bool

    /// Opens or makes the file with `count` bytes. A file of another size is refused with EINVAL and left as it is.
    package init(path: String, count: Int) throws(SystemFailure) {
        let file = unsafe arraybench_open(path, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw SystemFailure("read the size of", path, errno) }
        isNew = status.st_size == 0
        if isNew {
            // The blocks are claimed now: a full disk must not surface as SIGBUS at a later store.
            let failure = posix_fallocate(file, 0, off_t(count))
            guard failure == 0 else {
                unsafe unlink(path)
                throw SystemFailure("reserve \(count) bytes for", path, failure)
            }
        } else if status.st_size != count {
            throw SystemFailure("use (\(status.st_size) bytes, expected \(count))", path, EINVAL)
        }
        let memory = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { throw SystemFailure("map", path, errno) }
        unsafe bytes = UnsafeMutableRawBufferPointer(start: memory, count: count)
        self.path = path
    }

    deinit { _ = unsafe munmap(bytes.baseAddress, bytes.count) }

    /// Waits until all stores so far are on the disk.
    package func synchronise() throws(SystemFailure) {
        guard unsafe msync(bytes.baseAddress, bytes.count, MS_SYNC) == 0 else {
            throw SystemFailure("write", path, errno)
        }
    }
}

/// A file mapped for reading, of whatever size it has; another process may be writing to it.
///
/// **Threads**: any.
@safe package final class ReadOnlyMapping: @unchecked Sendable {
    package let bytes: UnsafeRawBufferPointer

    package init(path: String) throws(SystemFailure) {
        let file = unsafe arraybench_open(path, O_RDONLY, 0)
        guard file >= 0 else { throw SystemFailure("open", path, -file) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw SystemFailure("read the size of", path, errno) }
        guard status.st_size > 0 else { throw SystemFailure("read (it is empty)", path, EINVAL) }
        let memory = unsafe mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, file, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { throw SystemFailure("map", path, errno) }
        unsafe bytes = UnsafeRawBufferPointer(start: memory, count: Int(status.st_size))
    }

    deinit { _ = unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
