// Row 3 of script/bench: inserts the rows of a register into the ledger's own
// tables, with its pragmas, in one transaction, and checkpoints. Believes the
// register.
//
// usage: load REGISTER DATABASE SCHEMA
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *database;

static void must(int status) {
    if (status == SQLITE_OK || status == SQLITE_DONE) return;
    fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "r");
    if (!file || fseek(file, 0, SEEK_END)) perror(path), exit(1);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = calloc(1, *size + 1);
    if (!bytes || fread(bytes, 1, *size, file) != *size) perror(path), exit(1);
    fclose(file);
    return bytes;
}

static int64_t get64(const char *in) {
    uint64_t value;
    memcpy(&value, in, 8);
    return (int64_t)__builtin_bswap64(value);
}

int main(int argc, char **argv) {
    enum { HEADER = 128, ROW = 97 };
    if (argc != 4) return 2;
    size_t size;
    char *schema = read_file(argv[3], &size);
    char *file = read_file(argv[1], &size);
    int64_t count = get64(file + 112);
    must(sqlite3_open_v2(argv[2], &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    must(sqlite3_exec(database,
                      "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
                      "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 0;",
                      NULL, NULL, NULL));
    must(sqlite3_exec(database, schema, NULL, NULL, NULL));
    must(sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    sqlite3_stmt *insert;
    must(sqlite3_prepare_v2(database, "INSERT INTO packs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", -1, &insert, NULL));
    for (int64_t i = 0; i < count; i++) {
        const char *row = file + HEADER + i * ROW;
        must(sqlite3_bind_blob(insert, 1, row, 16, SQLITE_STATIC));
        must(sqlite3_bind_blob(insert, 2, row + 16, 32, SQLITE_STATIC));
        must(sqlite3_bind_int64(insert, 3, get64(row + 48)));
        must(sqlite3_bind_blob(insert, 4, row + 56, 16, SQLITE_STATIC));
        must(sqlite3_bind_blob(insert, 5, row + 72, 16, SQLITE_STATIC));
        must(sqlite3_bind_int64(insert, 6, row[88]));
        must(sqlite3_bind_int64(insert, 7, get64(row + 89)));
        must(sqlite3_bind_int64(insert, 8, 1));
        must(sqlite3_step(insert));
        must(sqlite3_reset(insert));
    }
    must(sqlite3_finalize(insert));
    must(sqlite3_exec(database, "COMMIT", NULL, NULL, NULL));
    must(sqlite3_wal_checkpoint_v2(database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
    must(sqlite3_close(database));
    printf("%lld rows\n", (long long)count);
}
