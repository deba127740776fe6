import Counterfoil
import PollingDesk
import TestSupport
import Testing

@testable import SQLiteLedger

/// How a connection that writes is set up, beyond what makes a commit durable.
@Suite struct SettingTests {
    let rehearsal = Rehearsal()
    let folder = TemporaryFolder()
    let path: String

    init() throws {
        path = folder.file("ledger")
        try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)).close()
    }

    /// What SQL in the file's own schema may do is limited, and a page is looked at
    /// when it is read.
    @Test(arguments: [("trusted_schema", Int64(0)), ("cell_size_check", 1)])
    func pragma(_ name: String, _ value: Int64) throws {
        let plain = try Database(path, .writing)
        #expect(try plain.number("PRAGMA \(name)") != value, "the control: SQLite's own is another")
        let writer = try Writer(try Database(path, .writing), election: rehearsal.election)
        #expect(
            try writer.read { (database) throws(Failure) in try database.number("PRAGMA \(name)") } == value)
    }

    /// SQL that would make the file unreadable, or change its rules behind their back.
    static let harm = [
        """
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'RAISE(ABORT', 'SELECT (1') WHERE type = 'trigger'
        """,
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE type = 'trigger'",
    ]

    @Test(arguments: harm)
    func defensive(_ sql: String) throws {
        let writer = try Writer(try Database(path, .writing), election: rehearsal.election)
        #expect(throws: Failure.self) {
            try writer.read { (database) throws(Failure) in try database.execute(sql) }
        }
        // The control.
        let plain = try Database(path, .writing)
        try plain.execute("BEGIN; \(sql); ROLLBACK")
    }
}
