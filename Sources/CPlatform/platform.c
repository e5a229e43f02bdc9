#include "platform.h"

#include <link.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif

// --- CRC-32C ------------------------------------------------------------------------------------

static uint32_t crc_step(uint32_t sum) {
    for (int bit = 0; bit < 8; bit++) sum = sum & 1 ? 0x82F63B78u ^ (sum >> 1) : sum >> 1;
    return sum;
}

// Bit by bit: only for processors without the instruction.
static uint32_t crc_by_bits(uint32_t sum, const uint8_t *bytes, size_t count) {
    while (count--) {
        sum = crc_step(sum ^ *bytes++);
    }
    return sum;
}

// Zeros appended to a sum: raw(s, A || B) = after(|B|, raw(s, A)) ^ raw(0, B), and `after` is linear, so that a table for
// each byte of the sum says it for one length. The tables are made once, when the program is loaded.
struct zeros { uint32_t table[4][256]; };
static struct zeros after_lane, after_block;
enum { LANE = 1344, BLOCK = 4096 };

static void make_zeros(struct zeros *zeros, size_t count) {
    uint32_t bit_after[32];
    for (int bit = 0; bit < 32; bit++) {
        uint32_t sum = 1u << bit;
        for (size_t byte = 0; byte < count; byte++) sum = crc_step(sum);
        bit_after[bit] = sum;
    }
    for (int byte = 0; byte < 4; byte++)
        for (int value = 0; value < 256; value++) {
            uint32_t sum = 0;
            for (int bit = 0; bit < 8; bit++)
                if (value >> bit & 1) sum ^= bit_after[8 * byte + bit];
            zeros->table[byte][value] = sum;
        }
}

__attribute__((constructor)) static void make_tables(void) {
    make_zeros(&after_lane, LANE);
    make_zeros(&after_block, BLOCK);
}

static inline uint32_t append_zeros(const struct zeros *zeros, uint32_t sum) {
    return zeros->table[0][sum & 255] ^ zeros->table[1][sum >> 8 & 255] ^ zeros->table[2][sum >> 16 & 255] ^
           zeros->table[3][sum >> 24];
}

#if defined(__x86_64__)
#include <nmmintrin.h>
// The instruction takes three cycles and one can begin in each: three lanes side by side are three times as fast.
__attribute__((target("sse4.2"))) static uint32_t crc_by_instruction(uint32_t sum, const uint8_t *bytes, size_t count) {
    while (count >= 3 * LANE) {
        uint64_t one = sum, two = 0, three = 0;
        for (size_t at = 0; at < LANE; at += 8) {
            uint64_t words[3];
            memcpy(&words[0], bytes + at, 8);
            memcpy(&words[1], bytes + LANE + at, 8);
            memcpy(&words[2], bytes + 2 * LANE + at, 8);
            one = _mm_crc32_u64(one, words[0]);
            two = _mm_crc32_u64(two, words[1]);
            three = _mm_crc32_u64(three, words[2]);
        }
        sum = append_zeros(&after_lane, (uint32_t)one) ^ (uint32_t)two;
        sum = append_zeros(&after_lane, sum) ^ (uint32_t)three;
        bytes += 3 * LANE;
        count -= 3 * LANE;
    }
    uint64_t wide = sum;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
        bytes += 8;
        count -= 8;
    }
    sum = (uint32_t)wide;
    while (count--) sum = _mm_crc32_u8(sum, *bytes++);
    return sum;
}
#endif

uint32_t arraybench_crc32c(uint32_t sum, const void *bytes, size_t count) {
    sum = ~sum;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc_by_instruction(sum, bytes, count);
#endif
    return ~crc_by_bits(sum, bytes, count);
}

uint32_t arraybench_crc32c_append_block(uint32_t sum, uint32_t block_sum) {
    return append_zeros(&after_block, sum) ^ block_sum;
}

// --- the process ----------------------------------------------------------------------------------

int arraybench_set_io_flusher(void) { return prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0) == 0 ? 0 : errno; }

void arraybench_set_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// The kernel shows what lies between arg_start and arg_end (/proc/self/stat, fields 48 and 49).
void arraybench_set_process_title(const char *title) {
    unsigned long start = 0, end = 0;
    FILE *stat = fopen("/proc/self/stat", "re");
    if (stat) {
        char line[4096];
        size_t count = fread(line, 1, sizeof(line) - 1, stat);
        line[count] = 0;
        fclose(stat);
        char *field = strrchr(line, ')');
        for (int index = 2; field && index < 48; index++) field = strchr(field + 1, ' ');
        if (field) sscanf(field, " %lu %lu", &start, &end);
    }
    if (start && end > start + 1) {
        size_t room = end - start - 1, count = strlen(title);
        if (count > room) count = room;
        memset((char *)start, 0, end - start);
        memcpy((char *)start, title, count);
    }
    prctl(PR_SET_NAME, title, 0, 0, 0);
}

// --- loop devices -----------------------------------------------------------------------------------

int arraybench_loop_free_index(void) {
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0) return -errno;
    int index = ioctl(control, LOOP_CTL_GET_FREE);
    int failure = errno;
    close(control);
    return index < 0 ? -failure : index;
}

int arraybench_loop_attach(const char *loop, const char *backing, int direct_io) {
    int file = open(backing, O_RDWR | O_CLOEXEC);
    if (file < 0) return -errno;
    int device = open(loop, O_RDWR | O_CLOEXEC);
    if (device < 0) {
        int failure = errno;
        close(file);
        return -failure;
    }
    struct loop_config config;
    memset(&config, 0, sizeof(config));
    config.fd = (uint32_t)file;
    config.block_size = 4096;
    if (direct_io) config.info.lo_flags |= LO_FLAGS_DIRECT_IO;
    snprintf((char *)config.info.lo_file_name, LO_NAME_SIZE, "%s", backing);
    int result = ioctl(device, LOOP_CONFIGURE, &config) == 0 ? 0 : -errno;
    close(device);
    close(file);
    return result;
}

int arraybench_loop_detach(const char *loop) {
    int device = open(loop, O_RDWR | O_CLOEXEC);
    if (device < 0) return -errno;
    int result = ioctl(device, LOOP_CLR_FD, 0) == 0 ? 0 : -errno;
    close(device);
    return result;
}

// --- files ------------------------------------------------------------------------------------------

int arraybench_punch_hole(int file, off_t offset, off_t count) {
    return fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count) == 0 ? 0 : errno;
}

int arraybench_zero_range(int file, off_t offset, off_t count) {
    return fallocate(file, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, count) == 0 ? 0 : errno;
}

int arraybench_open(const char *path, int flags, mode_t mode) {
    int file = open(path, flags | O_CLOEXEC, mode);
    return file < 0 ? -errno : file;
}

int arraybench_lock_file(int file) { return flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno; }

// --- Resident memory ------------------------------------------------------------------------------

static int release_segments(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
        // Never a writable one: what was changed in it would be lost.
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        const uintptr_t start = (info->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        const uintptr_t end = (info->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~(page - 1);
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    // The first object is the program itself.
    return 1;
}

void arraybench_release_code_pages(void) { dl_iterate_phdr(release_segments, NULL); }
