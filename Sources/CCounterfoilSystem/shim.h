// System calls that Swift's Glibc does not import.
#pragma once
// The module is the first to include these, and asks for what is Linux's own.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

// No core dump of this process, and no debugger of another user's.
static inline int counterfoil_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// The processor that the caller is running on.
static inline int counterfoil_processor(void) { return sched_getcpu(); }

// Keeps a thread on one processor.
static inline int counterfoil_keep_on(pthread_t thread, int processor) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    return pthread_setaffinity_np(thread, sizeof one, &one);
}

// Lets the calling thread wait until others have nothing to do: when it is
// woken it does not take the processor from who woke it.
static inline int counterfoil_stand_back(void) {
    struct sched_param none;
    memset(&none, 0, sizeof none);
    return pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}

// What a path leads to.
struct counterfoil_place {
    uint64_t device, number, size;
    // The mount that it is reached through.
    uint64_t mount;
    uint32_t mode, links;
    // Whether the mount begins with it.
    int is_mount_root;
};

// Looks at a path. It does not ask for times: since Linux 6.13 that makes the
// next write to the file dearer. Fails (ENOSYS) where the system cannot tell
// mounts apart, as Linux before 5.8.
static inline int counterfoil_look(const char *path, int follows, struct counterfoil_place *place) {
    struct statx found;
    unsigned want = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_INO | STATX_SIZE | STATX_MNT_ID;
    if (statx(AT_FDCWD, path, follows ? 0 : AT_SYMLINK_NOFOLLOW, want, &found) != 0) return -1;
    if (!(found.stx_mask & STATX_MNT_ID) || !(found.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT)) {
        errno = ENOSYS;
        return -1;
    }
    place->device = makedev(found.stx_dev_major, found.stx_dev_minor);
    place->number = found.stx_ino;
    place->size = found.stx_size;
    place->mount = found.stx_mnt_id;
    place->mode = found.stx_mode;
    place->links = found.stx_nlink;
    place->is_mount_root = (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    return 0;
}

// The type of the file system that a path leads to, as statfs(2) has it.
static inline int counterfoil_file_system(const char *path, uint32_t *type) {
    struct statfs found;
    if (statfs(path, &found) != 0) return -1;
    *type = (uint32_t)found.f_type;
    return 0;
}

// Locks the byte of a file at `place` without waiting: shared, alone, or not any
// more. The lock is the open file's, not the process's, and ends with it.
static inline int counterfoil_lock_byte(int file, off_t place, short how) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = how;
    lock.l_whence = SEEK_SET;
    lock.l_start = place;
    lock.l_len = 1;
    return fcntl(file, F_OFD_SETLK, &lock);
}
