#if PostgreSQL
internal import CCounterfoilPostgres
internal import PollingDesk

/// Where the database is: a `postgresql://` address as libpq understands it,
/// several hosts among it, and what is asked of every connection besides.
struct Address: Sendable {
    let place: LedgerPlace
    private let names: [String]
    private let values: [String]

    enum Use: Sendable { case writing, reading, primary }

    /// Refuses what no connection should be tried with.
    init(_ text: String, for use: Use) throws(Failure) {
        guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else {
            throw .refused(.badAddress(.notAnAddress))
        }
        try Self.check(text)
        // In the order of weight: what comes before the address gives way to
        // it, and what comes after it does not.
        var pairs = [
            // Encrypted, and to the right server, unless the address says that
            // this need not be: libpq's own way is to try, and do without.
            ("sslmode", "verify-full"),
            // So that a server which is gone is missed within seconds.
            ("connect_timeout", "5"), ("tcp_user_timeout", "15000"),
            ("keepalives_idle", "5"), ("keepalives_interval", "3"), ("keepalives_count", "3"),
            ("application_name", "counterfoil"),
            ("dbname", text),
            ("client_encoding", "UTF8"),
        ]
        // Of several hosts, the one that is not a standby.
        switch use {
        case .writing: pairs.append(("target_session_attrs", "read-write"))
        case .primary: pairs.append(("target_session_attrs", "primary"))
        case .reading: break
        }
        place = .database(text)
        names = pairs.map(\.0)
        values = pairs.map(\.1)
    }

    /// What no address may say.
    private static let secrets: [String: AddressFault] = ["password": .password, "sslpassword": .keyPassword]

    private static func check(_ text: String) throws(Failure) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(text, &message) else {
            // libpq's words repeat the address, and a password that is in it.
            unsafe PQfreemem(message)
            throw .refused(.badAddress(.unreadable))
        }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let fault = unsafe Self.secrets[String(cString: keyword)], unsafe option.pointee.val != nil {
                throw .refused(.badAddress(fault))
            }
            unsafe option += 1
        }
    }

    /// Lends it in the form that libpq takes.
    func withPointers<R>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        let names = names.map { Array($0.utf8CString) }
        let values = values.map { Array($0.utf8CString) }
        func pointers<T>(
            _ texts: ArraySlice<[CChar]>, _ so: [UnsafePointer<CChar>?],
            _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> T
        ) -> T {
            guard let first = texts.first else {
                return unsafe (so + [nil]).withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
            }
            return unsafe first.withUnsafeBufferPointer {
                unsafe pointers(texts.dropFirst(), so + [$0.baseAddress], body)
            }
        }
        return unsafe pointers(names[...], []) { names in
            unsafe pointers(values[...], []) { values in unsafe body(names, values) }
        }
    }
}
#endif
