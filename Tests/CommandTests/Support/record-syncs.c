// Loaded before the C library: writes down, in the file that RECORD_SYNCS names,
// in which order a program writes to files, syncs them, and gives and takes names.
// A line has what is done, the numbers of the file and of the folder, and a path.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void record(const char *what, const struct stat *file, const struct stat *folder, const char *path) {
    static int out = -1;
    const char *name = getenv("RECORD_SYNCS");
    if (!name) return;
    if (out < 0) out = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char line[PATH_MAX + 100];
    int count = snprintf(
        line, sizeof line, "%s %lu %lu %s\n", what, file ? (unsigned long)file->st_ino : 0,
        folder ? (unsigned long)folder->st_ino : 0, path);
    if (syscall(SYS_write, out, line, count) != count) abort();
}

static void record_file(const char *what, int number) {
    struct stat status;
    char link[64], path[PATH_MAX] = "";
    if (fstat(number, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", number);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count < 0) return;
    path[count] = 0;
    record(what, &status, NULL, path);
}

static void record_name(const char *what, const char *path) {
    struct stat status, parent;
    char folder[PATH_MAX], whole[PATH_MAX + 256];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    const char *last = slash ? path + (slash - folder) + 1 : path;
    if (slash) slash[slash == folder] = 0; else strcpy(folder, ".");
    if (lstat(path, &status) != 0 || stat(folder, &parent) != 0) return;
    char *found = realpath(folder, NULL);
    if (!found) return;
    snprintf(whole, sizeof whole, "%s/%s", found, last);
    free(found);
    record(what, &status, &parent, whole);
}

ssize_t write(int file, const void *bytes, size_t count) {
    record_file("write", file);
    return NEXT(write)(file, bytes, count);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    record_file("write", file);
    return NEXT(pwrite)(file, bytes, count, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    record_file("write", file);
    return NEXT(pwrite64)(file, bytes, count, offset);
}
int fsync(int file) {
    int result = NEXT(fsync)(file);
    record_file("sync", file);
    return result;
}
int fdatasync(int file) {
    int result = NEXT(fdatasync)(file);
    record_file("sync", file);
    return result;
}
int linkat(int from, const char *old, int to, const char *path, int flags) {
    int result = NEXT(linkat)(from, old, to, path, flags);
    if (result == 0) record_name("name", path);
    return result;
}
int link(const char *old, const char *path) {
    int result = NEXT(link)(old, path);
    if (result == 0) record_name("name", path);
    return result;
}
int mkdir(const char *path, mode_t mode) {
    int result = NEXT(mkdir)(path, mode);
    if (result == 0) record_name("name", path);
    return result;
}
int rename(const char *old, const char *path) {
    record_name("moved", old);
    int result = NEXT(rename)(old, path);
    if (result == 0) record_name("name", path);
    return result;
}
int unlink(const char *path) {
    record_name("unname", path);
    return NEXT(unlink)(path);
}
int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    int result = NEXT(open)(path, flags, mode);
    if (result >= 0 && (flags & O_CREAT) && (flags & O_EXCL)) record_name("name", path);
    return result;
}
