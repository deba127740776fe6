// Takes protections away, for controls. For LD_PRELOAD.
//
// WITHOUT=lock     flock(2) says that it has the lock, whoever else has it.
// WITHOUT=sync     fsync(2) and fdatasync(2) say that all is on the disk.
// WITHOUT=errors   they are tried, and are said to have worked, whatever came of it.
// WITHOUT=recovery a complete checkpoint does nothing, and says that it did.
// WITHOUT=commits  a checkpoint within a transaction does nothing, and says that it did.
// WITHOUT=rewriting
//                  what Swift writes at a place in a file is not written: the
//                  log, once more, and what the lock remembers. SQLite calls the
//                  function by its other name.
// WITHOUT=places   statx(2) and statfs(2) say that every file lies in one mount, on
//                  a disk of this machine.
// WITHOUT=memory   what the file of a ledger's lock remembers cannot be read.
// REWRITE=a=>b|c==d|…
//                  SQL goes to SQLite with the first a in it replaced by b, and
//                  with c, where it is the whole of it, by d: another pragma,
//                  no transaction, no rule of the tables.
//
// The program itself has no switch for any of this, and needs none.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <sqlite3.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int without(const char *what) {
    const char *list = getenv("WITHOUT");
    return list && strstr(list, what) != NULL;
}

int flock(int file, int operation) { return without("lock") ? 0 : REAL(flock)(file, operation); }
static int sync_by(int (*real)(int), int file) {
    if (without("sync")) return 0;
    int status = real(file);
    return without("errors") ? 0 : status;
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
    // How long the log is, desks that are open tell each other: that stays true.
    int is_length = count > 4 && memcmp(bytes, "log ", 4) == 0;
    return without("rewriting") && !is_length ? (ssize_t)count : REAL(pwrite)(file, bytes, count, place);
}

int fsync(int file) { return sync_by(REAL(fsync), file); }
int fdatasync(int file) { return sync_by(REAL(fdatasync), file); }

int statx(int folder, const char *path, int flags, unsigned want, struct statx *found) {
    int status = REAL(statx)(folder, path, flags, want, found);
    if (status == 0 && without("places")) {
        found->stx_attributes &= ~(__u64)STATX_ATTR_MOUNT_ROOT;
        found->stx_mnt_id = 1;
    }
    return status;
}

int statfs(const char *path, struct statfs *found) {
    int status = REAL(statfs)(path, found);
    if (status == 0 && without("places")) found->f_type = EXT4_SUPER_MAGIC;
    return status;
}

ssize_t pread(int file, void *bytes, size_t count, off_t place) {
    if (without("memory")) {
        char link[64], path[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        ssize_t length = readlink(link, path, sizeof path);
        if (length > 5 && memcmp(path + length - 5, "-lock", 5) == 0) return 0;
    }
    return REAL(pread)(file, bytes, count, place);
}

// A copy that nobody frees: a program under test prepares each statement once.
static const char *replaced(const char *text, const char *place, size_t old_length, const char *new) {
    size_t before = place - text;
    char *result = malloc(strlen(text) + strlen(new) + 1);
    if (!result) abort();
    memcpy(result, text, before);
    strcpy(stpcpy(result + before, new), place + old_length);
    return result;
}

static const char *rewritten(const char *text) {
    const char *rules = getenv("REWRITE");
    if (!rules || !text) return text;
    char *list = strdup(rules), *rest = NULL;
    for (char *rule = strtok_r(list, "|", &rest); rule; rule = strtok_r(NULL, "|", &rest)) {
        char *part = strstr(rule, "=>"), *whole = strstr(rule, "==");
        char *middle = part ? part : whole;
        if (!middle) abort();
        *middle = 0;
        const char *place = part ? strstr(text, rule) : strcmp(text, rule) == 0 ? text : NULL;
        if (place) text = replaced(text, place, strlen(rule), middle + 2);
    }
    free(list);
    return text;
}

int sqlite3_exec(sqlite3 *database, const char *sql, int (*callback)(void *, int, char **, char **), void *context,
                 char **error) {
    return REAL(sqlite3_exec)(database, rewritten(sql), callback, context, error);
}

int sqlite3_prepare_v3(sqlite3 *database, const char *sql, int length, unsigned flags, sqlite3_stmt **statement,
                       const char **tail) {
    // Of a length that is given, a rewritten text would be cut.
    if (length >= 0 && getenv("REWRITE")) abort();
    return REAL(sqlite3_prepare_v3)(database, rewritten(sql), length, flags, statement, tail);
}

int sqlite3_wal_checkpoint_v2(sqlite3 *database, const char *name, int mode, int *frames, int *copied) {
    int is_open = without("commits") && !sqlite3_get_autocommit(database);
    if (!is_open && (!without("recovery") || mode == SQLITE_CHECKPOINT_PASSIVE))
        return REAL(sqlite3_wal_checkpoint_v2)(database, name, mode, frames, copied);
    *frames = *copied = 0;
    return SQLITE_OK;
}
