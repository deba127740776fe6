internal import Glibc

/// A folder of a test's own, gone with all that is in it at the test's end.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init(in parent: String? = nil) {
        var place = parent ?? "/tmp"
        if parent == nil, let other = unsafe getenv("TMPDIR") { place = unsafe String(cString: other) }
        var template = Array((place + "/counterfoil-XXXXXX").utf8CString)
        guard unsafe mkdtemp(&template) != nil else { fatalError("no temporary folder in \(place)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// In memory where the system has a place for that: for tests that make
    /// hundreds of ledgers, and none that asks what a disk does.
    public static func quick() -> TemporaryFolder {
        let memory = "/dev/shm"
        return TemporaryFolder(in: unsafe access(memory, W_OK | X_OK) == 0 ? memory : nil)
    }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// What is in it, in order.
    public var names: [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe _ = closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    deinit {
        for name in names { _ = unsafe unlink(file(name)) }
        _ = unsafe rmdir(path)
    }
}
