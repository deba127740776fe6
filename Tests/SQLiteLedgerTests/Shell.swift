import CCounterfoilSQLite
import Glibc
import TestSupport

/// An SQL shell on a ledger file: it goes past the program.
enum Shell {
    /// Nil where it worked, else SQLite's words.
    @discardableResult
    static func run(_ path: String, _ sql: String) -> String? {
        unsafe withDatabase(path) { database in
            guard unsafe sqlite3_exec(database, sql, nil, nil, nil) != SQLITE_OK else { return nil }
            return unsafe String(cString: sqlite3_errmsg(database))
        }
    }

    /// The first value of the first row.
    static func ask(_ path: String, _ sql: String) -> String? {
        unsafe withDatabase(path) { database in
            var statement: OpaquePointer?
            guard unsafe sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else {
                return unsafe String(cString: sqlite3_errmsg(database))
            }
            defer { unsafe _ = sqlite3_finalize(statement) }
            guard unsafe sqlite3_step(statement) == SQLITE_ROW,
                let text = unsafe sqlite3_column_text(statement, 0)
            else { return nil }
            return unsafe String(cString: text)
        }
    }

    /// Runs SQL, and keeps what it holds of the ledger while `body` runs.
    static func holding<R>(_ path: String, _ sql: String, _ body: () throws -> R) rethrows -> R {
        try unsafe withDatabase(path) { database in
            _ = unsafe sqlite3_exec(database, sql, nil, nil, nil)
            return try body()
        }
    }

    private static func withDatabase<R>(_ path: String, _ body: (OpaquePointer?) throws -> R) rethrows -> R {
        var database: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        _ = unsafe sqlite3_open_v2(path, &database, flags, nil)
        defer { unsafe _ = sqlite3_close(database) }
        return try unsafe body(database)
    }
}

/// Files as bytes, for tests.
enum Disk {
    static func read(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Returns how many bytes could be written.
    @discardableResult
    static func write(_ path: String, _ bytes: [UInt8]) -> Int {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        return unsafe Glibc.write(descriptor, bytes, bytes.count)
    }

    static func mode(_ path: String) -> UInt32? {
        var s = stat()
        return unsafe stat(path, &s) == 0 ? s.st_mode & 0o7777 : nil
    }

    static func size(_ path: String) -> Int {
        var s = stat()
        return unsafe stat(path, &s) == 0 ? Int(s.st_size) : 0
    }

    static func setMode(_ path: String, _ mode: UInt32) { _ = unsafe chmod(path, mode) }
    static func link(_ path: String, _ other: String) { _ = unsafe Glibc.link(path, other) }
    static func symlink(_ path: String, _ other: String) { _ = unsafe Glibc.symlink(path, other) }
    static func move(_ path: String, _ other: String) { _ = unsafe rename(path, other) }
    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// A disk that was lent.
    static func makeReadOnly(_ path: String) throws {
        let flags = UInt(MS_REMOUNT | MS_RDONLY)
        guard unsafe mount("tmpfs", path, "tmpfs", flags, nil) == 0 else {
            throw DiskError(description: "not made read-only: error \(errno)")
        }
    }

    /// Mounts a file or a folder once more, over another one; returns false where this
    /// user cannot.
    @discardableResult
    static func withMount(of path: String, at other: String, _ body: () throws -> Void) rethrows -> Bool {
        guard unsafe mount(path, other, nil, UInt(MS_BIND), nil) == 0 else { return false }
        defer { _ = unsafe umount2(other, Int32(MNT_DETACH)) }
        try body()
        return true
    }

    /// Shows a folder a second time by a program's file system; returns false where
    /// bindfs is missing, or this user cannot mount anything.
    @discardableResult
    static func withBindFS(_ folder: String, at other: String, _ body: () throws -> Void) throws -> Bool {
        guard unsafe access("/usr/bin/bindfs", X_OK) == 0 else { return false }
        guard try Child("bindfs", [folder, other], in: "/").finish().status == 0 else { return false }
        defer { _ = unsafe umount2(other, Int32(MNT_DETACH)) }
        try body()
        return true
    }

    /// Lends a disk of its own of so many bytes, or returns false where this
    /// user cannot mount one.
    @discardableResult
    static func withSmallDisk(_ size: Int, at path: String, _ body: () throws -> Void) rethrows -> Bool {
        guard unsafe mount("tmpfs", path, "tmpfs", 0, "size=\(size)") == 0 else { return false }
        defer { _ = unsafe umount2(path, Int32(MNT_DETACH)) }
        try body()
        return true
    }
}

struct DiskError: Error, CustomStringConvertible {
    let description: String
}
