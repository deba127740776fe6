// A disk whose power can be cut, and that can fail. For LD_PRELOAD.
//
// Of the files in DISK_FOLDER, everything that changes what a power cut could
// leave is written to DISK_LOG before it is done: writes with their bytes, new
// lengths, new and old names, the beginning and the end of each sync; and so is
// everything that the program says on its standard output. Whoever replays the
// log up to some place has the disk of that moment, with all that was not
// synced yet, and what had been promised by then; see SimulatedDisk.swift.
// Several programs may write one log.
//
// DISK_KILL=N     the program dies (SIGKILL) in place of the Nth of these steps.
// DISK_FAIL=N     the Nth step fails, words on standard output not counted,
// DISK_ERROR=E    with this error,
// DISK_HOW=once   alone, or with all that follow (`stay`), or only its second
//                 half: a write is cut short, and the next step fails (`short`).
//
// Shared memory (-shm) is not written down: nothing of it need survive. Its
// writes and lengths can fail like all others.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// As in DiskLog.swift.
enum { CREATE = 1, UNLINK, RENAME, LINK, WRITE, TRUNCATE, BEGIN_SYNC, END_SYNC, FAILED_SYNC, SAID, FAULT };
struct record {
    uint32_t kind, process;
    uint64_t file, offset;
    uint64_t count; // of the bytes that follow
};

enum { UNKNOWN = 0, RECORDED, SHARED_MEMORY };
enum { FILES = 4096 };
static struct {
    char kind;
    ino_t number;
} files[FILES];

static const char *folder;
static size_t folder_length;
static int log_file = -1;
static long kill_at, fail_at, fail_error, steps, failable;
static enum { ONCE, STAYS, SHORT } fail_how;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void) {
    folder = getenv("DISK_FOLDER");
    const char *log = getenv("DISK_LOG"), *how = getenv("DISK_HOW");
    if (!folder) return;
    folder_length = strlen(folder);
    kill_at = number("DISK_KILL");
    fail_at = number("DISK_FAIL");
    fail_error = number("DISK_ERROR");
    fail_how = how && strcmp(how, "stay") == 0 ? STAYS : how && strcmp(how, "short") == 0 ? SHORT : ONCE;
    if (log) log_file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

// One step at a time, in all programs that write this log: what was done first
// is written down first. By the system call, since a shim before this one may
// have made the library's function do nothing.
static void lock(void) {
    pthread_mutex_lock(&mutex);
    if (log_file >= 0) syscall(SYS_flock, log_file, LOCK_EX);
}

static void unlock(void) {
    if (log_file >= 0) syscall(SYS_flock, log_file, LOCK_UN);
    pthread_mutex_unlock(&mutex);
}

// Before anything of a step is done.
static void step(void) {
    if (++steps == kill_at) kill(getpid(), SIGKILL), pause();
}

static void note(uint32_t kind, uint64_t file, uint64_t offset, const void *bytes, size_t count) {
    if (log_file < 0) return;
    struct record record = {kind, getpid(), file, offset, count};
    struct iovec parts[2] = {{&record, sizeof record}, {(void *)bytes, count}};
    ssize_t written = syscall(SYS_writev, log_file, parts, 2);
    if (written != (ssize_t)(sizeof record + count)) {
        fprintf(stderr, "disk.c: the log of the simulated disk cannot be written\n");
        _exit(99);
    }
}

// Whether this step is to fail; errno is set.
static int fails(uint64_t file) {
    long place = fail_at + (fail_how == SHORT);
    failable++;
    if (!fail_at || failable < place || (failable > place && fail_how != STAYS)) return 0;
    note(FAULT, file, 0, "", 0);
    errno = fail_error;
    return 1;
}

// Whether the bytes of this write are to be halved.
static int is_short(void) { return fail_how == SHORT && failable + 1 == fail_at; }

static int is_ours(const char *path) {
    return folder && strncmp(path, folder, folder_length) == 0 &&
           (path[folder_length] == '/' || path[folder_length] == 0);
}

static const char *name(const char *path) { return path + folder_length + 1; }

static int is_shared_memory(const char *path) {
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

static char kind(int file) { return file >= 0 && file < FILES ? files[file].kind : UNKNOWN; }

static int open_with(const char *path, int flags, mode_t mode) {
    if (!is_ours(path)) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    lock();
    step();
    struct stat status;
    int creates = (flags & O_CREAT) && syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) != 0;
    int file = creates && fails(0) ? -1 : syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    int error = errno;
    if (file >= 0 && file < FILES && fstat(file, &status) == 0) {
        files[file].kind = is_shared_memory(path) ? SHARED_MEMORY : RECORDED;
        files[file].number = status.st_ino;
        if (files[file].kind == RECORDED) {
            if (creates) note(CREATE, status.st_ino, 0, name(path), strlen(name(path)));
            else if (flags & O_TRUNC) note(TRUNCATE, status.st_ino, 0, "", 0);
        }
    }
    unlock();
    errno = error;
    return file;
}

#define OPEN(function)                                                                                       \
    int function(const char *path, int flags, ...) {                                                         \
        va_list list;                                                                                        \
        va_start(list, flags);                                                                               \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(list, mode_t) : 0;                            \
        va_end(list);                                                                                        \
        return open_with(path, flags, mode);                                                                 \
    }
OPEN(open)
OPEN(open64)

int close(int file) {
    if (file >= 0 && file < FILES) files[file].kind = UNKNOWN;
    return REAL(close)(file);
}

static ssize_t put(int file, const void *bytes, size_t count, off_t offset) {
    lock();
    step();
    int halved = is_short();
    ssize_t written = -1;
    if (!fails(files[file].number)) {
        if (halved) count = count / 2 + 1;
        if (kind(file) == RECORDED) note(WRITE, files[file].number, offset, bytes, count);
        written = syscall(SYS_pwrite64, file, bytes, count, offset);
    }
    int error = errno;
    unlock();
    errno = error;
    return written;
}

// Under both names without a call of the other: a shim before this one may
// have taken that.
static ssize_t put_if_ours(int file, const void *bytes, size_t count, off_t offset) {
    if (kind(file) == UNKNOWN) return syscall(SYS_pwrite64, file, bytes, count, offset);
    return put(file, bytes, count, offset);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return put_if_ours(file, bytes, count, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    return put_if_ours(file, bytes, count, offset);
}

// Standard output under whatever number: the program may have duplicated it.
static int is_output(int file) {
    struct stat one, other;
    return folder && fstat(1, &one) == 0 && fstat(file, &other) == 0 && one.st_ino == other.st_ino &&
           one.st_dev == other.st_dev && !S_ISCHR(one.st_mode);
}

ssize_t write(int file, const void *bytes, size_t count) {
    if (kind(file) != UNKNOWN) {
        off_t place = lseek(file, 0, SEEK_CUR);
        ssize_t written = put(file, bytes, count, place);
        if (written > 0) lseek(file, place + written, SEEK_SET);
        return written;
    }
    // Before it is said: nobody can have heard of it when the power goes now.
    if (is_output(file)) {
        lock();
        step();
        note(SAID, 0, 0, bytes, count);
        unlock();
    }
    return syscall(SYS_write, file, bytes, count);
}

static int cut(int file, off_t length) {
    if (kind(file) == UNKNOWN) return syscall(SYS_ftruncate, file, length);
    lock();
    step();
    int status = -1;
    if (!fails(files[file].number)) {
        if (kind(file) == RECORDED) note(TRUNCATE, files[file].number, length, "", 0);
        status = syscall(SYS_ftruncate, file, length);
    }
    int error = errno;
    unlock();
    errno = error;
    return status;
}
int ftruncate(int file, off_t length) { return cut(file, length); }
int ftruncate64(int file, off64_t length) { return cut(file, length); }

// The steps of others may come between the two ends: what they wrote meanwhile
// is not said to be on the disk.
static int sync_by(long call, int file) {
    if (kind(file) != RECORDED) return syscall(call, file);
    lock();
    step();
    int failed = fails(files[file].number), error = errno;
    note(failed ? FAILED_SYNC : BEGIN_SYNC, files[file].number, 0, "", 0);
    unlock();
    if (failed) {
        errno = error;
        return -1;
    }
    int status = syscall(call, file);
    error = errno;
    lock();
    step();
    note(status == 0 ? END_SYNC : FAILED_SYNC, files[file].number, 0, "", 0);
    unlock();
    errno = error;
    return status;
}
int fsync(int file) { return sync_by(SYS_fsync, file); }
int fdatasync(int file) { return sync_by(SYS_fdatasync, file); }

int unlink(const char *path) {
    if (!is_ours(path) || is_shared_memory(path)) return REAL(unlink)(path);
    lock();
    step();
    int status = -1;
    if (!fails(0)) {
        status = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
        if (status == 0) note(UNLINK, 0, 0, name(path), strlen(name(path)));
    }
    int error = errno;
    unlock();
    errno = error;
    return status;
}

static int with_two(uint32_t kind, long call, const char *old, const char *new) {
    lock();
    step();
    int status = -1;
    if (!fails(0)) {
        status = kind == LINK ? syscall(call, AT_FDCWD, old, AT_FDCWD, new, 0)
                              : syscall(call, AT_FDCWD, old, AT_FDCWD, new);
        if (status == 0) {
            char both[2048];
            int count = snprintf(both, sizeof both, "%s/%s", name(old), name(new));
            note(kind, 0, 0, both, count);
        }
    }
    int error = errno;
    unlock();
    errno = error;
    return status;
}
int rename(const char *old, const char *new) {
    return is_ours(old) && is_ours(new) ? with_two(RENAME, SYS_renameat, old, new) : REAL(rename)(old, new);
}
int link(const char *old, const char *new) {
    return is_ours(old) && is_ours(new) ? with_two(LINK, SYS_linkat, old, new) : REAL(link)(old, new);
}
