// What Swift needs of libfuse 3.14's low-level interface, and the one reply that interface cannot express.
#ifndef ARRAYBENCH_CFUSE_H
#define ARRAYBENCH_CFUSE_H

#define FUSE_USE_VERSION 314

// Without _FILE_OFFSET_BITS: on 64-bit Linux it changes nothing but the names of types, by which Swift would take
// struct stat and struct flock for other types than those of the module Glibc.
#include <errno.h>
#include <fuse_lowlevel.h>
#include <linux/falloc.h>
#include <stdint.h>
#include <string.h>
#include <sys/vfs.h>

/// f_type of a FUSE file system (linux/magic.h, FUSE_SUPER_MAGIC).
enum { ARRAYBENCH_FUSE_MAGIC = 0x65735546 };

/// O_DIRECT, which fcntl.h shows only under _GNU_SOURCE.
enum { ARRAYBENCH_O_DIRECT = __O_DIRECT };

/// statfs(2): the type of the file system at `path`, or a negative errno. It always asks the file system itself.
static inline int64_t arraybench_file_system_type(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (int64_t)status.f_type : -(int64_t)errno;
}

/// The kernel's open reply (include/uapi/linux/fuse.h, struct fuse_open_out): 16 bytes, fixed since FUSE 7.0.
/// libfuse 3.14 has no field for FOPEN_PARALLEL_DIRECT_WRITES in fuse_file_info, so the reply is laid out here.
struct arraybench_open_reply {
    uint64_t fh;
    uint32_t open_flags;
    int32_t backing_id;
};

enum {
    ARRAYBENCH_FOPEN_DIRECT_IO = 1 << 0,
    ARRAYBENCH_FOPEN_NONSEEKABLE = 1 << 2,
    ARRAYBENCH_FOPEN_PARALLEL_DIRECT_WRITES = 1 << 6,
};

static inline int arraybench_reply_open(fuse_req_t request, uint64_t handle, uint32_t flags) {
    struct arraybench_open_reply reply = {.fh = handle, .open_flags = flags, .backing_id = 0};
    return fuse_reply_buf(request, (const char *)&reply, sizeof(reply));
}

#endif
