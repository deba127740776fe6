#if PostgreSQL
internal import CCounterfoilPostgres
internal import Counterfoil
internal import PollingDesk

/// The values of $1, $2, … in a statement, in PostgreSQL's binary form: whole
/// numbers big-endian, bytes and UTF-8 as they are.
struct Parameters {
    fileprivate var bytes: [UInt8] = []
    /// Where each begins, and its length; −1 for NULL.
    fileprivate var places: [(start: Int, count: Int)] = []

    init() {}

    mutating func add(_ value: some FixedWidthInteger) {
        append { $0.appendBigEndian(value) }
    }

    mutating func add(_ moment: Moment) { add(moment.milliseconds) }

    mutating func add(_ value: Bool) { append { $0.append(value ? 1 : 0) } }

    mutating func add<let count: Int>(_ value: Bytes<count>) { append { $0.append(value) } }

    mutating func add(_ value: [UInt8]) { append { $0 += value } }

    mutating func add(text: String) { append { $0 += Array(text.utf8) } }

    mutating func add(_ array: PostgresArray) { append { array.write(to: &$0) } }

    private mutating func append(_ body: (inout [UInt8]) -> Void) {
        let start = bytes.count
        body(&bytes)
        places.append((start, bytes.count - start))
    }

    /// Lends it in the form that libpq takes.
    func withPointers<R>(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        let lengths = places.map { Int32($0.count) }
        let formats = places.map { _ in 1 as Int32 }
        return unsafe bytes.withUnsafeBytes { bytes in
            // Of an empty array there is no address; of an empty value there must be one.
            let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe "".withCString { empty in
                let pointers = unsafe places.map { place in
                    unsafe place.count == 0 ? empty : base.map { unsafe $0 + place.start }
                }
                return unsafe pointers.withUnsafeBufferPointer { pointers in
                    unsafe lengths.withUnsafeBufferPointer { lengths in
                        unsafe formats.withUnsafeBufferPointer { formats in
                            unsafe body(
                                Int32(places.count), pointers.baseAddress, lengths.baseAddress,
                                formats.baseAddress)
                        }
                    }
                }
            }
        }
    }
}

/// An array of values, for `unnest` and `ANY`.
struct PostgresArray {
    /// PostgreSQL's number for the type of an element.
    enum Element: UInt32 {
        case bytea = 17
        case int8 = 20
        case text = 25
        case uuid = 2950
    }

    private let element: Element
    private var count = 0
    private var hasNull = false
    private var bytes: [UInt8] = []

    init(of element: Element) { self.element = element }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ value: Int64) {
        bytes.appendBigEndian(8 as UInt32)
        bytes.appendBigEndian(value)
        count += 1
    }

    mutating func append(_ pack: PackNumber) {
        // 60 bits: never negative.
        append(Int64(pack.value))
    }

    mutating func append<let size: Int>(_ value: Bytes<size>) {
        bytes.appendBigEndian(UInt32(size))
        bytes.append(value)
        count += 1
    }

    mutating func append(_ value: [UInt8]) {
        bytes.appendWithLength(value)
        count += 1
    }

    mutating func append(text: String) {
        bytes.appendWithLength(text.utf8)
        count += 1
    }

    mutating func appendNull() {
        bytes.appendBigEndian(-1 as Int32)
        count += 1
        hasNull = true
    }

    fileprivate func write(to out: inout [UInt8]) {
        out.appendBigEndian((count == 0 ? 0 : 1) as Int32)  // dimensions
        out.appendBigEndian((hasNull ? 1 : 0) as Int32)
        out.appendBigEndian(element.rawValue)
        guard count > 0 else { return }
        out.appendBigEndian(Int32(count))
        out.appendBigEndian(1 as Int32)  // the first index
        out += bytes
    }
}
#endif
