#include "blockdevice.h"

#include <errno.h>
#include <stddef.h>

#include <linux/fs.h>
#include <sys/ioctl.h>

int64_t arraybench_block_device_size(int file) {
    uint64_t size = 0;
    return ioctl(file, BLKGETSIZE64, &size) == 0 ? (int64_t)size : -errno;
}

int arraybench_block_device_sector(int file) {
    int size = 0;
    return ioctl(file, BLKSSZGET, &size) == 0 ? size : -errno;
}

int arraybench_block_device_discard(int file, uint64_t offset, uint64_t count) {
    uint64_t range[2] = {offset, count};
    return ioctl(file, BLKDISCARD, range) == 0 ? 0 : errno;
}
