// SQLite, and three calls that Swift cannot make: one takes a list of arguments
// of any length, two a pointer that is really the number −1.
#pragma once
#include <sqlite3.h>

// Sets one of a connection's switches.
static inline int counterfoil_sqlite3_switch(sqlite3 *db, int which, int on) {
    return sqlite3_db_config(db, which, on, (int *)0);
}

// Binds bytes, of which SQLite takes a copy.
static inline int counterfoil_sqlite3_bind_copy(sqlite3_stmt *statement, int index,
                                                const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// Binds UTF-8 text, of which SQLite takes a copy.
static inline int counterfoil_sqlite3_bind_text_copy(sqlite3_stmt *statement, int index,
                                                     const void *text, int count) {
    return sqlite3_bind_text(statement, index, (const char *)text, count, SQLITE_TRANSIENT);
}
