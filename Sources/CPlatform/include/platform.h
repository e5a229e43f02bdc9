// The few things of Linux that Swift cannot say by itself: variadic calls, macros, and the CRC instruction.
#ifndef ARRAYBENCH_PLATFORM_H
#define ARRAYBENCH_PLATFORM_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// CRC-32C with the SSE4.2 instruction where the processor has it. `sum` is the sum so far; start with 0.
uint32_t arraybench_crc32c(uint32_t sum, const void *bytes, size_t count);

/// The sum of A followed by B, from the sum of A and the sum of B; B has 4,096 bytes.
uint32_t arraybench_crc32c_append_block(uint32_t sum, uint32_t block_sum);

/// Adds to a counter in shared memory, at once for all threads and processes. Returns what it was before.
static inline uint64_t arraybench_fetch_add(uint64_t *counter, uint64_t amount) {
    return __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

/// prctl(PR_SET_IO_FLUSHER, 1): memory reclaim must not wait for a process that serves a block device.
/// Returns 0 or an errno (EPERM without CAP_SYS_RESOURCE).
int arraybench_set_io_flusher(void);

/// madvise(MADV_DONTNEED) for the read-only segments of the program file itself; they are mapped again as they are used.
void arraybench_release_code_pages(void);

/// prctl(PR_SET_TIMERSLACK): by how much the calling thread's sleeps may be lengthened to save wake-ups; 50 us by default.
void arraybench_set_timer_slack(unsigned long nanoseconds);

/// prctl(PR_SET_NAME): the name of the calling thread, cut at 15 bytes.
void arraybench_set_thread_name(const char *name);

/// Overwrites the process's argument area so that `ps` shows `title` alone. Call once, from the main thread.
void arraybench_set_process_title(const char *title);

/// Loop devices. Each returns 0 or a positive number, or a negative errno.
int arraybench_loop_free_index(void);
int arraybench_loop_attach(const char *loop, const char *backing, int direct_io);
int arraybench_loop_detach(const char *loop);

/// fallocate with PUNCH_HOLE|KEEP_SIZE or ZERO_RANGE|KEEP_SIZE. Returns 0 or an errno.
int arraybench_punch_hole(int file, off_t offset, off_t count);
int arraybench_zero_range(int file, off_t offset, off_t count);

/// open(2) with O_CLOEXEC. Returns a descriptor or a negative errno.
int arraybench_open(const char *path, int flags, mode_t mode);

/// One message through syslog(3), said by `name`. Any thread may call it.
void arraybench_syslog(const char *name, int priority, const char *text);

/// flock(LOCK_EX|LOCK_NB). Returns 0 or an errno.
int arraybench_lock_file(int file);

#endif
