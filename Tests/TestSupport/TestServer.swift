#if PostgreSQL
import CCounterfoilPostgres
import Glibc
import Synchronization

/// The PostgreSQL server that the tests use, started by script/test and thrown away
/// afterwards. `COUNTERFOIL_TEST_POSTGRES` has its address, without a database:
/// `postgresql://owner@127.0.0.1:port`.
public enum TestServer {
    /// One of a test's own, to be broken. Stopped and gone with the last
    /// reference, if the test process gets that far.
    public final class Own: Sendable {
        private let folder = TemporaryFolder()
        /// Its address, which is another one after each start.
        private let base: Mutex<String>
        private let settings: [String]

        public init(_ settings: String...) throws {
            self.settings = settings
            // The server runs as another user than the tests where these are root's.
            guard unsafe chmod(folder.path, 0o711) == 0 else { throw VectorError("chmod failed") }
            base = Mutex(try Self.script(["start", folder.file("server")] + settings))
        }

        /// A standby of another one.
        public init(standbyOf primary: Own) throws {
            settings = []
            guard unsafe chmod(folder.path, 0o711) == 0 else { throw VectorError("chmod failed") }
            _ = try Self.script(["copy", primary.folder.file("server"), folder.file("server")])
            base = Mutex(try Self.script(["again", folder.file("server")]))
        }

        /// Kills all its processes in the middle of what they do, and starts it again.
        /// What the processes had in their memory is gone.
        public func killAndStartAgain() throws {
            _ = try Self.script(["kill", folder.file("server")])
            let address = try Self.script(["again", folder.file("server")] + settings)
            base.withLock { $0 = address }
        }

        /// The address of a database through PgBouncer, which is started before the server
        /// or told to lend its sessions in another way.
        public func pooled(_ database: String, mode: String) throws -> String {
            let base = try Self.script(["pool", folder.file("server"), folder.file("pooler"), mode])
            return "\(base)/\(database)?sslmode=disable&connect_timeout=60"
        }

        deinit {
            _ = try? Tool.run(
                "bash",
                [
                    "-c",
                    "[ ! -f '\(folder.file("pooler"))/pid' ] || kill $(cat '\(folder.file("pooler"))/pid')",
                ])
            _ = try? Self.script(["stop", folder.file("server"), "immediate"])
            _ = try? Tool.run("rm", ["-rf", folder.file("server"), folder.file("pooler")])
        }

        /// Lends it while it can open no file of its write-ahead log: a process of
        /// the server that must open one panics.
        public func withoutItsLog<R>(_ body: () throws -> R) throws -> R {
            let log = folder.file("server/data/pg_wal")
            guard unsafe chmod(log, 0) == 0 else { throw VectorError("chmod failed") }
            defer { _ = unsafe chmod(log, 0o700) }
            return try body()
        }

        /// What it has written to its own log.
        public func log() throws -> String {
            String(decoding: try Tool.run("cat", [folder.file("server/log")]).output, as: UTF8.self)
        }

        public func address(_ database: String, user: String? = nil) -> String {
            "\(TestServer.address(base.withLock { $0 }, as: user))/\(database)?sslmode=disable&connect_timeout=60"
        }

        private static func script(_ arguments: [String]) throws -> String {
            let path =
                #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/script/postgres"
            let result = try Tool.run("bash", [path] + arguments)
            guard result.status == 0 else { throw VectorError("\(path) \(arguments) failed") }
            return String(decoding: result.output, as: UTF8.self).filter { $0 != "\n" }
        }
    }

    private static let free = Mutex<(names: [String], made: Int)>(([], 0))

    /// The address of a database on it.
    public static func address(_ database: String, user: String? = nil) -> String {
        guard let value = unsafe getenv("COUNTERFOIL_TEST_POSTGRES") else {
            fatalError("these tests need a PostgreSQL server: run them by script/test")
        }
        let base = address(unsafe String(cString: value), as: user)
        return "\(base)/\(database)?sslmode=disable&connect_timeout=60"
    }

    /// The same server, with a user's name if there is one.
    private static func address(_ base: String, as user: String?) -> String {
        guard let user, let at = base.firstIndex(of: "@") else { return base }
        return "postgresql://\(user)\(base[at...])"
    }

    /// A database without a ledger, for one test at a time.
    public final class Database: Sendable {
        public let name: String

        public init() {
            let (name, isNew) = TestServer.free.withLock { free in
                if let name = free.names.popLast() { return (name, false) }
                free.made += 1
                return ("t\(getpid())_\(free.made)", true)
            }
            self.name = name
            if isNew, let error = Session(TestServer.address("postgres")).run("CREATE DATABASE \(name)") {
                fatalError(error)
            }
        }

        /// Gives the roles of its ledger to users of the server: test_loader, and so on.
        public func grantRoles() {
            let session = Session(address())
            for role in ["loader", "desk", "officer", "auditor"] {
                session.run("CREATE ROLE test_\(role) LOGIN")
                if let error = session.run("GRANT counterfoil_\(name)_\(role) TO test_\(role)") {
                    fatalError(error)
                }
            }
        }

        deinit {
            // A test may have left something open, such as a thread that died with it.
            // That must not stop the next one.
            let session = Session(address())
            _ = session.run(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle';
                SET client_min_messages = warning;
                DROP SCHEMA IF EXISTS counterfoil CASCADE;
                DO $$
                DECLARE
                    _role text;
                BEGIN
                    FOR _role IN SELECT rolname FROM pg_roles WHERE rolname IN (
                        'counterfoil_\(name)_loader', 'counterfoil_\(name)_desk',
                        'counterfoil_\(name)_officer', 'counterfoil_\(name)_auditor') LOOP
                        EXECUTE format('DROP OWNED BY %I', _role);
                        EXECUTE format('DROP ROLE %I', _role);
                    END LOOP;
                END $$
                """)
            TestServer.free.withLock { $0.names.append(name) }
        }

        public func address(user: String? = nil) -> String { TestServer.address(name, user: user) }
    }

    /// A connection of a test's own, past the ledger: what an operator's shell
    /// would do.
    ///
    /// Sendable is unchecked: used by one thread at a time.
    @safe public final class Session: @unchecked Sendable {
        private let handle: OpaquePointer?
        /// Why there is no connection.
        public let refusal: String?

        public init(_ address: String) {
            unsafe handle = PQconnectdb(address)
            refusal =
                unsafe PQstatus(handle) == CONNECTION_OK ? nil : String(cString: PQerrorMessage(handle))
            _ = run("SET search_path = counterfoil; SET client_min_messages = error")
        }

        deinit { unsafe PQfinish(handle) }

        /// Runs SQL; returns what the server had against it.
        @discardableResult
        public func run(_ sql: String) -> String? {
            let result = unsafe PQexec(handle, sql)
            defer { unsafe PQclear(result) }
            switch unsafe PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return nil
            default: return unsafe String(cString: PQerrorMessage(handle))
            }
        }

        /// The first column of the first row, as text.
        public func ask(_ sql: String) -> String? {
            let result = unsafe PQexec(handle, sql)
            defer { unsafe PQclear(result) }
            guard unsafe PQresultStatus(result) == PGRES_TUPLES_OK, unsafe PQntuples(result) > 0,
                unsafe PQgetisnull(result, 0, 0) == 0
            else { return nil }
            return unsafe String(cString: PQgetvalue(result, 0, 0))
        }
    }
}
#endif
