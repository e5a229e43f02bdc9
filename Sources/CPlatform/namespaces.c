#include "namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int outcome(long result) { return result == 0 ? 0 : -errno; }

int arraybench_unshare(int with_users) {
    return outcome(unshare(CLONE_NEWNS | CLONE_NEWUTS | (with_users ? CLONE_NEWUSER : 0)));
}

int arraybench_mount_tmpfs(const char *name, const char *at) {
    return outcome(mount(name, at, "tmpfs", 0, "mode=0755"));
}

int arraybench_mount_bind(const char *source, const char *at) {
    return outcome(mount(source, at, NULL, MS_BIND | MS_REC, NULL));
}

int arraybench_set_propagation(const char *at, enum arraybench_propagation kind) {
    unsigned long flags = 0;
    switch (kind) {
    case ARRAYBENCH_SLAVE_ALL: flags = MS_SLAVE | MS_REC; break;
    case ARRAYBENCH_UNBINDABLE: flags = MS_UNBINDABLE; break;
    case ARRAYBENCH_PRIVATE: flags = MS_PRIVATE; break;
    case ARRAYBENCH_SHARED: flags = MS_SHARED; break;
    }
    return outcome(mount(NULL, at, NULL, flags, NULL));
}

int arraybench_enter_root_here(void) {
    // The old root lies on top of the new one for a moment: no folder is needed to put it.
    if (syscall(SYS_pivot_root, ".", ".") != 0) return -errno;
    if (umount2(".", MNT_DETACH) != 0) return -errno;
    return outcome(chdir("/"));
}

static int join_one(int process, const char *kind, int type) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/ns/%s", process, kind);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -errno;
    int result = outcome(setns(file, type));
    close(file);
    return result;
}

int arraybench_join(int process) {
    // The other mounts have another /proc.
    int result = join_one(process, "uts", CLONE_NEWUTS);
    return result ? result : join_one(process, "mnt", CLONE_NEWNS);
}

int arraybench_make_node(const char *path, mode_t mode, unsigned major, unsigned minor) {
    if (mknod(path, mode, makedev(major, minor)) != 0) return -errno;
    return outcome(chmod(path, mode & 07777));
}

int arraybench_memory_file(const char *name) {
    int file = memfd_create(name, 0);
    return file < 0 ? -errno : file;
}
