// What a block device can be asked, and one store that Swift cannot order.
#ifndef ARRAYBENCH_BLOCKDEVICE_H
#define ARRAYBENCH_BLOCKDEVICE_H

#include <stdint.h>

/// BLKGETSIZE64. Returns the size in bytes or a negative errno.
int64_t arraybench_block_device_size(int file);

/// BLKSSZGET: the smallest unit of direct I/O. Returns bytes or a negative errno.
int arraybench_block_device_sector(int file);

/// BLKDISCARD. Returns 0 or an errno.
int arraybench_block_device_discard(int file, uint64_t offset, uint64_t count);

/// Stores `value` after all earlier stores of this thread: the mark that makes a record entry count.
static inline void arraybench_store_last(void *place, uint32_t value) {
    __atomic_store_n((uint32_t *)place, value, __ATOMIC_RELEASE);
}

#endif
