#if PostgreSQL
internal import CCounterfoilPostgres
internal import Counterfoil
internal import PollingDesk

/// A connection to the server. With `Rows`, the only place that calls libpq;
/// every status is looked at here.
///
/// Sendable is unchecked: a connection may move from thread to thread, and is
/// used by one at a time; that is the pool's business.
@safe final class Connection: @unchecked Sendable {
    let place: LedgerPlace
    private let handle: OpaquePointer
    /// What no other session has: see `Session.expectOwn`.
    let token = String(UInt64.random(in: .min ... .max), radix: 16)
    /// Whether there is a pooler in between, which made up a number for the server's process.
    private(set) var isPooled = false
    /// Statements that were prepared, by their text. They live as long as it does.
    private var prepared: [String: String] = [:]
    /// How many warnings the server has sent. On the heap, because libpq keeps
    /// the address.
    private let warnings: UnsafeMutablePointer<Int>

    /// Connects, and waits until that is done or has failed.
    init(_ address: Address) throws(Failure) {
        let opened = unsafe address.withPointers { names, values in
            unsafe PQconnectdbParams(names, values, 1)
        }
        guard let opened = unsafe opened else { throw .lost(words: "no memory for a connection") }
        if let failure = unsafe Self.failure(toOpen: opened) {
            unsafe PQfinish(opened)
            throw failure
        }
        place = address.place
        unsafe handle = opened
        unsafe warnings = .allocate(capacity: 1)
        unsafe warnings.initialize(to: 0)
        _ = unsafe PQsetNoticeReceiver(
            opened,
            { count, notice in
                guard let severity = unsafe PQresultErrorField(notice, counterfoil_pg_severity),
                    unsafe String(cString: severity) == "WARNING"
                else { return }
                unsafe count!.assumingMemoryBound(to: Int.self).pointee += 1
            }, warnings)
    }

    /// Why it is not open. A server that says no gives a SQLSTATE, and libpq has that only
    /// in its longer words: so it is tried once more, with those.
    private static func failure(toOpen opened: OpaquePointer) -> Failure? {
        guard unsafe PQstatus(opened) != CONNECTION_OK else { return nil }
        let words = unsafe line(PQerrorMessage(opened))
        _ = unsafe PQsetErrorVerbosity(opened, PQERRORS_VERBOSE)
        defer { _ = unsafe PQsetErrorVerbosity(opened, PQERRORS_DEFAULT) }
        unsafe PQreset(opened)
        guard unsafe PQstatus(opened) != CONNECTION_OK else { return nil }
        guard let state = sqlstate(in: unsafe line(PQerrorMessage(opened))) else {
            return .lost(words: words)
        }
        return .ended(state: state, words: words)
    }

    /// Of "FATAL:  28P01: password authentication failed": 28P01. The last one, as of
    /// several hosts the one is the last that lets nobody in.
    static func sqlstate(in words: String) -> String? {
        var found: String?
        var parts = words.split(separator: ":  ")[...]
        while parts.count > 1 {
            parts = parts.dropFirst()
            let state = parts.first!.prefix { $0 != ":" }
            if state.utf8.count == 5,
                state.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
            {
                found = String(state)
            }
        }
        return found
    }

    /// The number of the server's process that runs this.
    func process() throws(Failure) -> Int64 {
        let process = try run("SELECT pg_backend_pid()").integer(0, 0)
        isPooled = unsafe process != Int64(PQbackendPID(handle))
        return process
    }

    deinit {
        unsafe PQfinish(handle)
        unsafe warnings.deallocate()
    }

    // MARK: Statements

    /// One statement, or several without parameters, whose rows are of no interest.
    func execute(_ sql: String) throws(Failure) {
        _ = try unsafe checked(PQexec(handle, sql))
    }

    /// A statement with its parameters; prepared when it is first run.
    func run(_ sql: String, _ parameters: Parameters = Parameters()) throws(Failure) -> Rows {
        let name = try prepare(sql)
        let result = unsafe parameters.withPointers { count, values, lengths, formats in
            unsafe PQexecPrepared(handle, name, count, values, lengths, formats, 1)
        }
        return try unsafe checked(result)
    }

    private func prepare(_ sql: String) throws(Failure) -> String {
        if let name = prepared[sql] { return name }
        // In another session, which a pooler may lend in place of this one, nothing has
        // this name.
        let name = "s\(token)_\(prepared.count)"
        _ = try unsafe checked(PQprepare(handle, name, sql, 0, nil))
        prepared[sql] = name
        return name
    }

    /// Sends several statements at once: one way to the server and back. Each
    /// is run if those before it have succeeded.
    ///
    /// For statements that are small, or give little: if both sides send much,
    /// each waits for the other for ever.
    func run(_ statements: [(String, Parameters)]) throws(Failure) -> [Rows] {
        let (rows, failure) = try pipeline(prepared(statements))
        if let failure { throw failure }
        return rows
    }

    // MARK: Transactions

    /// Runs statements and commits them, all in one way to the server.
    ///
    /// What is thrown as `undecided` may be kept or not; after all else nothing is.
    func commit(_ statements: [(String, Parameters)]) throws(Failure) {
        let before = unsafe warnings.pointee
        let all = statements + [("COMMIT", Parameters())]
        let (rows, failure) = try pipeline(prepared(all))
        if let failure {
            // The server refused one of the statements, and the commit was not
            // run; or it refused the commit. But if the connection broke, for
            // whatever reason, the commit may have been done. So it may if the
            // server broke: what it had written when its disk failed is there when
            // it is back. And what a pooler says tells nothing of the server.
            switch failure {
            case _ where failure.isAboutConnection: break
            case .server where rows.count < statements.count || !failure.breaksConnection: throw failure
            case .ended where rows.count < statements.count: throw failure
            default: break
            }
            throw failure.unsettled
        }
        // A transaction that had failed is rolled back by COMMIT, and called a success.
        guard rows.last?.command == "COMMIT" else { throw .damaged(.notCommitted) }
        // A commit that was interrupted while it waited for a standby looks
        // like a success too, except for a warning.
        guard unsafe warnings.pointee == before else {
            throw .undecided(.warned)
        }
    }

    private func prepared(
        _ statements: [(String, Parameters)]
    ) throws(Failure) -> [(name: String, parameters: Parameters)] {
        var all: [(String, Parameters)] = []
        for (sql, parameters) in statements { all.append((try prepare(sql), parameters)) }
        return all
    }

    /// The rows of the statements that succeeded, and why the next one did not.
    private func pipeline(
        _ statements: [(name: String, parameters: Parameters)]
    ) -> (rows: [Rows], failure: Failure?) {
        var rows: [Rows] = []
        guard unsafe PQenterPipelineMode(handle) == 1 else { return (rows, lost()) }
        for (name, parameters) in statements {
            let sent = unsafe parameters.withPointers { count, values, lengths, formats in
                unsafe PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
            }
            guard sent == 1 else { return (rows, lost()) }
        }
        guard unsafe PQpipelineSync(handle) == 1 else { return (rows, lost()) }
        var failure: Failure?
        for _ in statements {
            let result = unsafe PQgetResult(handle)
            if failure == nil {
                do throws(Failure) { rows.append(try unsafe checked(result)) } catch { failure = error }
            } else if unsafe result != nil {
                unsafe PQclear(result)
            }
            if case .lost = failure { return (rows, failure) }
            // After the results of each statement comes one null.
            if let more = unsafe PQgetResult(handle) {
                unsafe PQclear(more)
                return (rows, failure ?? .lost(words: "an answer too many"))
            }
        }
        guard let end = unsafe PQgetResult(handle) else { return (rows, failure ?? lost()) }
        let status = unsafe PQresultStatus(end)
        unsafe PQclear(end)
        // After the last statement all is known. If the connection breaks now,
        // that is found out when it is used again.
        guard status == PGRES_PIPELINE_SYNC else { return (rows, failure ?? lost()) }
        _ = unsafe PQexitPipelineMode(handle)
        return (rows, failure)
    }

    /// Leaves no transaction open, or throws.
    func rollBack() throws(Failure) {
        guard isUsable else { throw lost() }
        if unsafe PQtransactionStatus(handle) != PQTRANS_IDLE { try execute("ROLLBACK") }
    }

    var isUsable: Bool {
        unsafe PQstatus(handle) == CONNECTION_OK && PQpipelineStatus(handle) == PQ_PIPELINE_OFF
    }

    // MARK: Copying in

    /// Sends rows to `COPY … FROM STDIN (FORMAT binary)`, as pieces that `next`
    /// gives until it gives none.
    func copy(_ sql: String, _ next: () throws(Failure) -> [UInt8]?) throws(Failure) {
        _ = try unsafe checked(PQexec(handle, sql))
        do throws(Failure) {
            while let piece = try next() {
                let sent = unsafe piece.withUnsafeBytes { bytes in
                    unsafe PQputCopyData(
                        handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
                }
                guard sent == 1 else { throw lost() }
            }
        } catch {
            _ = unsafe PQputCopyEnd(handle, "the register was not as it should be")
            while let result = unsafe PQgetResult(handle) { unsafe PQclear(result) }
            throw error
        }
        guard unsafe PQputCopyEnd(handle, nil) == 1 else { throw lost() }
        _ = try unsafe checked(PQgetResult(handle))
        while let result = unsafe PQgetResult(handle) { unsafe PQclear(result) }
    }

    // MARK: Errors

    private func checked(_ result: OpaquePointer?) throws(Failure) -> Rows {
        guard let result = unsafe result else { throw lost() }
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_COPY_IN: return unsafe Rows(owning: result)
        default: break
        }
        defer { unsafe PQclear(result) }
        func field(_ which: Int32) -> String? {
            unsafe PQresultErrorField(result, which).map { unsafe Self.line($0) }
        }
        guard isUsableAfterError, let state = field(counterfoil_pg_sqlstate) else { throw lost() }
        let words = field(counterfoil_pg_message) ?? "no explanation"
        switch field(counterfoil_pg_severity) {
        case "FATAL", "PANIC": throw .ended(state: state, words: words)
        default: throw .server(state: state, words: words)
        }
    }

    private var isUsableAfterError: Bool { unsafe PQstatus(handle) == CONNECTION_OK }

    private func lost() -> Failure {
        unsafe .lost(words: Self.line(PQerrorMessage(handle)))
    }

    /// libpq's messages have several lines, and an empty one at the end.
    private static func line(_ text: UnsafePointer<CChar>) -> String {
        let lines = unsafe String(cString: text).split(separator: "\n")
        return lines.isEmpty ? "no explanation" : lines.joined(separator: " ")
    }
}
#endif
