#if PostgreSQL
internal import CCounterfoilPostgres
internal import Counterfoil
internal import PollingDesk

/// What a statement gave. Rows and columns are numbered from 0; all values are
/// in PostgreSQL's binary form.
@safe final class Rows {
    private let handle: OpaquePointer

    init(owning handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQclear(handle) }

    var count: Int { Int(unsafe PQntuples(handle)) }

    /// "COMMIT", "INSERT 0 3": what was done.
    var command: String { unsafe String(cString: PQcmdStatus(handle)) }

    func isNull(_ row: Int, _ column: Int32) -> Bool {
        unsafe PQgetisnull(handle, Int32(row), column) == 1
    }

    /// Lends a value; no bytes where it is null.
    func with<R, E: Error>(
        _ row: Int, _ column: Int32, _ body: (borrowing RawSpan) throws(E) -> R
    ) throws(E) -> R {
        let size = Int(unsafe PQgetlength(handle, Int32(row), column))
        guard size > 0, let start = unsafe PQgetvalue(handle, Int32(row), column) else {
            return try body(RawSpan())
        }
        // libpq keeps the bytes as long as the result, which is as long as this call.
        return try unsafe body(RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: size))
    }

    func array(_ row: Int, _ column: Int32) -> [UInt8] { with(row, column) { $0.array } }

    func text(_ row: Int, _ column: Int32) -> String {
        String(decoding: array(row, column), as: UTF8.self)
    }

    /// Of exactly `count` bytes: a uuid, or bytea.
    func bytes<let count: Int>(
        _ row: Int, _ column: Int32, as: Bytes<count>.Type = Bytes<count>.self
    ) throws(Failure) -> Bytes<count> {
        try with(row, column) { (bytes) throws(Failure) in
            guard bytes.byteCount == count else {
                throw .damaged(.size(found: bytes.byteCount, expected: count))
            }
            return Bytes(copying: bytes)
        }
    }

    /// A whole number of any width, or a boolean.
    func integer(_ row: Int, _ column: Int32) throws(Failure) -> Int64 {
        try with(row, column) { (bytes) throws(Failure) in
            switch bytes.byteCount {
            case 8: return Int64(bitPattern: bytes.u64(0))
            case 4: return Int64(Int32(bitPattern: bytes.u32(0)))
            case 2: return Int64(Int16(bitPattern: UInt16(bytes.byte(0)) << 8 | UInt16(bytes.byte(1))))
            case 1: return Int64(bytes.byte(0))
            default: throw .damaged(.size(found: bytes.byteCount, expected: nil))
            }
        }
    }

    func moment(_ row: Int, _ column: Int32) throws(Failure) -> Moment? {
        isNull(row, column) ? nil : Moment(milliseconds: try integer(row, column))
    }

    func pack(
        _ row: Int, _ column: Int32, _ constant: ElectionConstant
    ) throws(Failure) -> PackNumber {
        guard
            let pack = PackNumber(UInt64(bitPattern: try integer(row, column)), constant: constant)
        else { throw .damaged(.pack) }
        return pack
    }
}
#endif
