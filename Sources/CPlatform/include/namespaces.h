// Name spaces and mounts: what `hostexec` asks of the kernel. Each call returns 0 or a negative errno unless it says more.
#ifndef ARRAYBENCH_NAMESPACES_H
#define ARRAYBENCH_NAMESPACES_H

#include <stdint.h>
#include <sys/types.h>

/// unshare(2): mounts and host name of its own, and a user name space of its own if `with_users` is not 0.
/// The caller has one thread.
int arraybench_unshare(int with_users);

/// A new tmpfs. `name` is what the mount table calls its source.
int arraybench_mount_tmpfs(const char *name, const char *at);

/// `source` and everything mounted below it, seen at `at` too.
int arraybench_mount_bind(const char *source, const char *at);

/// How a mount takes part in what happens to mounts elsewhere.
/// - Source: mount_namespaces(7).
enum arraybench_propagation {
    /// For the mount and all below it: mounts made elsewhere appear here, not the other way round.
    ARRAYBENCH_SLAVE_ALL,
    /// On its own, and left out when a folder above it is bound.
    ARRAYBENCH_UNBINDABLE,
    ARRAYBENCH_PRIVATE,
    ARRAYBENCH_SHARED,
};
int arraybench_set_propagation(const char *at, enum arraybench_propagation kind);

/// Makes the working directory, a mount point, the root, and takes the old root away.
int arraybench_enter_root_here(void);

/// setns(2): the mounts and the host name of another process. The caller has one thread.
int arraybench_join(int process);

/// mknod(2), mode as given whatever the umask.
int arraybench_make_node(const char *path, mode_t mode, unsigned major, unsigned minor);

/// A file in memory that programs started from here inherit. Returns its descriptor.
int arraybench_memory_file(const char *name);

#endif
