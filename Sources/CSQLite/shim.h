// Re-exports SQLite, and the composite macros that Swift cannot see.
#pragma once
#include <sqlite3.h>
#include <errno.h>
#include <stdint.h>

/// The destructor that makes SQLite copy a bound value (`SQLITE_TRANSIENT` is a cast that Swift cannot import).
static inline sqlite3_destructor_type atoll_sqlite_transient(void) { return SQLITE_TRANSIENT; }

/// Seeds SQLite's generator for the whole process (variadic, so Swift cannot call it): WAL salts then repeat.
static inline int atoll_sqlite_seed(int seed) {
    return sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed, (sqlite3 *)0);
}

/// Whether the last I/O error came from a disk, quota or file size that is used up.
static inline int atoll_sqlite_met_full_disk(sqlite3 *database) {
    int code = sqlite3_system_errno(database);
    return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

/// Runs statements as `sqlite3_exec` does. Where a commit fails, SQLite does not keep the system's reason for
/// `sqlite3_system_errno`; it is in `errno` until the next call.
///
/// `no_room` tells whether bytes that were to be written found no room. In syncing the same reason would leave open what is on
/// the disk, and does not count.
static inline int atoll_sqlite_run(sqlite3 *database, const char *sql, int *no_room) {
    errno = 0;
    int code = sqlite3_exec(database, sql, 0, 0, 0);
    int reason = errno;
    int is_full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    *no_room = code == SQLITE_FULL || (code == SQLITE_IOERR_WRITE && is_full);
    return code;
}

/// A virtual table that knows whom to ask for its rows.
typedef struct {
    sqlite3_vtab base;
    void *owner;
} atoll_table;

enum {
    ATOLL_IOERR_READ = SQLITE_IOERR_READ,
    ATOLL_IOERR_SHORT_READ = SQLITE_IOERR_SHORT_READ,
    ATOLL_IOERR_WRITE = SQLITE_IOERR_WRITE,
    ATOLL_IOERR_FSYNC = SQLITE_IOERR_FSYNC,
    ATOLL_IOERR_TRUNCATE = SQLITE_IOERR_TRUNCATE,
    ATOLL_IOERR_DELETE_NOENT = SQLITE_IOERR_DELETE_NOENT,
    ATOLL_IOERR_SHMMAP = SQLITE_IOERR_SHMMAP,
    ATOLL_IOERR_LOCK = SQLITE_IOERR_LOCK,
    ATOLL_IOERR_FSTAT = SQLITE_IOERR_FSTAT,
    ATOLL_IOERR_DELETE = SQLITE_IOERR_DELETE,
    ATOLL_IOERR_ACCESS = SQLITE_IOERR_ACCESS,
    ATOLL_IOERR_SHMLOCK = SQLITE_IOERR_SHMLOCK,
};
