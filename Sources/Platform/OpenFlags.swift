// Flags of open(2) that Swift's view of fcntl.h leaves out.

/// O_DIRECT: past the page cache, as a database reads and writes.
/// - Source: Linux, include/uapi/asm-generic/fcntl.h, and arch/arm64/include/uapi/asm/fcntl.h.
#if arch(arm64)
    package let directIO: Int32 = 0o200000
#else
    package let directIO: Int32 = 0o40000
#endif
