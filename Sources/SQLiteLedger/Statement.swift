internal import CCounterfoilSQLite
internal import Counterfoil
internal import PollingDesk

/// A prepared statement. Parameters are numbered from 1, columns from 0, as in SQL.
///
/// Sendable like the connection it belongs to: see `Database`.
@safe final class Statement: @unchecked Sendable {
    private let handle: OpaquePointer

    init(owning handle: OpaquePointer) { unsafe self.handle = handle }

    // The result repeats an error of the last step, which was thrown then.
    deinit { _ = unsafe sqlite3_finalize(handle) }

    // MARK: Parameters

    func bind(_ index: Int32, _ value: Int64) throws(Failure) {
        try must(unsafe sqlite3_bind_int64(handle, index, value))
    }

    func bindNull(_ index: Int32) throws(Failure) {
        try must(unsafe sqlite3_bind_null(handle, index))
    }

    func bind(_ index: Int32, _ bytes: borrowing RawSpan) throws(Failure) {
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe counterfoil_sqlite3_bind_copy(handle, index, bytes.baseAddress, Int32(bytes.count))
        }
        try must(status)
    }

    func bind<let count: Int>(_ index: Int32, _ bytes: Bytes<count>) throws(Failure) {
        try bytes.withBytes { (bytes) throws(Failure) in try bind(index, bytes) }
    }

    func bind(_ index: Int32, _ bytes: [UInt8]) throws(Failure) {
        try bytes.withBytes { (bytes) throws(Failure) in try bind(index, bytes) }
    }

    func bind(_ index: Int32, text: String) throws(Failure) {
        let utf8 = Array(text.utf8)
        let status = unsafe utf8.withUnsafeBytes { bytes in
            unsafe counterfoil_sqlite3_bind_text_copy(
                handle, index, bytes.baseAddress, Int32(bytes.count))
        }
        try must(status)
    }

    // MARK: Running

    /// True for a row, false at the end. A statement that is not at its end
    /// holds a read transaction open: reset it.
    func step() throws(Failure) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let status:
            let error = unsafe Failure(status, statement: handle)
            reset()
            throw error
        }
    }

    /// Runs a statement that gives no rows, or whose rows are of no interest.
    func run() throws(Failure) {
        while try step() {}
        reset()
    }

    /// Ready to be run again; the parameters stay.
    func reset() {
        // The result repeats an error of the last step, which was thrown then.
        _ = unsafe sqlite3_reset(handle)
    }

    // MARK: Columns

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    func text(_ column: Int32) -> String {
        guard let text = unsafe sqlite3_column_text(handle, column) else { return "" }
        return unsafe String(cString: text)
    }

    /// A blob of exactly `count` bytes.
    func bytes<let count: Int>(
        _ column: Int32, as: Bytes<count>.Type = Bytes<count>.self
    ) throws(Failure) -> Bytes<count> {
        // In this order: the first call may move what the second measures.
        let start = unsafe sqlite3_column_blob(handle, column)
        let size = Int(unsafe sqlite3_column_bytes(handle, column))
        guard size == count, let start = unsafe start else {
            throw .damaged(.size(found: size, expected: count))
        }
        // SQLite keeps the bytes until the next step; they are copied here.
        return Bytes(copying: unsafe RawSpan(_unsafeStart: start, byteCount: size))
    }

    /// A blob of any length.
    func array(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let size = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe RawSpan(_unsafeStart: start, byteCount: size).array
    }

    @inline(__always)
    private func must(_ status: Int32) throws(Failure) {
        guard status == SQLITE_OK else { throw unsafe Failure(status, statement: handle) }
    }
}
