#include "platform.h"

#include <link.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <pthread.h>
#include <syslog.h>
#include <unistd.h>

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif

// --- CRC-32C ------------------------------------------------------------------------------------

static uint32_t crc_bit(uint32_t sum) { return sum & 1 ? 0x82F63B78u ^ (sum >> 1) : sum >> 1; }

static uint32_t crc_step(uint32_t sum) {
    for (int bit = 0; bit < 8; bit++) sum = crc_bit(sum);
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

// Bytes as a polynomial: what lies `bits` bits before another part counts x^bits times as much. Folded over that part, each
// half of 16 bytes is multiplied by such a power modulo the sum's polynomial, here in the processor's bit order.
// - Source: Gopal and others: Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction, Intel 2009.
struct fold { uint64_t low, high; };
static struct { struct fold by_64_bytes, by_256_bytes, to_last[4]; } folds;

static struct fold make_fold(unsigned bits) {
    struct fold fold;
    uint32_t power = 0x80000000u;
    for (unsigned at = 0; at < bits - 33; at++) power = crc_bit(power);
    fold.high = power;
    for (unsigned at = 0; at < 64; at++) power = crc_bit(power);
    fold.low = power;
    return fold;
}

__attribute__((constructor)) static void make_tables(void) {
    make_zeros(&after_lane, LANE);
    make_zeros(&after_block, BLOCK);
    folds.by_64_bytes = make_fold(512);
    folds.by_256_bytes = make_fold(2048);
    for (unsigned lane = 0; lane < 3; lane++) folds.to_last[lane] = make_fold(128 * (3 - lane));
}

static inline uint32_t append_zeros(const struct zeros *zeros, uint32_t sum) {
    return zeros->table[0][sum & 255] ^ zeros->table[1][sum >> 8 & 255] ^ zeros->table[2][sum >> 16 & 255] ^
           zeros->table[3][sum >> 24];
}

#if defined(__x86_64__)
#include <immintrin.h>
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

#define FOLDS __attribute__((target("avx512f,avx512vl,vpclmulqdq,pclmul,sse4.2")))

FOLDS static inline __m512i folded(__m512i sum, __m512i fold, __m512i over) {
    return _mm512_ternarylogic_epi64(
        _mm512_clmulepi64_epi128(sum, fold, 0x00), _mm512_clmulepi64_epi128(sum, fold, 0x11), over, 0x96);
}

FOLDS static inline __m512i in_each_lane(const struct fold *fold) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)fold));
}

// 256 bytes a step, about as fast as they come from memory. At least 256 bytes.
FOLDS static uint32_t crc_by_folding(uint32_t sum, const uint8_t *bytes, size_t count) {
    __m512i fold = in_each_lane(&folds.by_256_bytes), part[4];
    for (int at = 0; at < 4; at++) part[at] = _mm512_loadu_si512(bytes + 64 * at);
    part[0] = _mm512_xor_si512(part[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)sum)));
    for (bytes += 256, count -= 256; count >= 256; bytes += 256, count -= 256)
        for (int at = 0; at < 4; at++) part[at] = folded(part[at], fold, _mm512_loadu_si512(bytes + 64 * at));
    fold = in_each_lane(&folds.by_64_bytes);
    for (int at = 1; at < 4; at++) part[0] = folded(part[0], fold, part[at]);
    // The last lane is not multiplied: its factors are zero, and it is added as it is.
    __m512i rest = _mm512_maskz_mov_epi64(0xC0, part[0]);
    __m512i all = folded(part[0], _mm512_loadu_si512(folds.to_last), rest);
    __m128i one = _mm_xor_si128(
        _mm_xor_si128(_mm512_extracti32x4_epi32(all, 0), _mm512_extracti32x4_epi32(all, 1)),
        _mm_xor_si128(_mm512_extracti32x4_epi32(all, 2), _mm512_extracti32x4_epi32(all, 3)));
    uint64_t wide = _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(one));
    wide = _mm_crc32_u64(wide, (uint64_t)_mm_extract_epi64(one, 1));
    return crc_by_instruction((uint32_t)wide, bytes, count);
}
#endif

uint32_t arraybench_crc32c(uint32_t sum, const void *bytes, size_t count) {
    sum = ~sum;
#if defined(__x86_64__)
    if (count >= 512 && __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512vl"))
        return ~crc_by_folding(sum, bytes, count);
    if (__builtin_cpu_supports("sse4.2")) return ~crc_by_instruction(sum, bytes, count);
#endif
    return ~crc_by_bits(sum, bytes, count);
}

uint32_t arraybench_crc32c_append_block(uint32_t sum, uint32_t block_sum) {
    return append_zeros(&after_block, sum) ^ block_sum;
}

// --- the process ----------------------------------------------------------------------------------

int arraybench_set_io_flusher(void) { return prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0) == 0 ? 0 : errno; }

void arraybench_set_timer_slack(unsigned long nanoseconds) { prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }

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

void arraybench_syslog(const char *name, int priority, const char *text) {
    // openlog(3) keeps the name for the process: nobody else may speak before the message is out.
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&turn);
    openlog(name, LOG_NDELAY, LOG_USER);
    syslog(priority, "%s", text);
    closelog();
    pthread_mutex_unlock(&turn);
}
