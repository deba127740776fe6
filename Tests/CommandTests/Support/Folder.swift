import Foundation
import Glibc
import TestSupport
import Testing

/// A folder of a test's own, removed with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appending(
                path: "counterfoil-test-\(UUID().uuidString)"
            ).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
        try write(name, Array(text.utf8), mode: mode)
    }

    func write(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws {
        try Data(bytes).write(to: URL(filePath: path(name)))
        try setMode(name, mode)
    }

    func setMode(_ name: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path(name)))) }
    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }
    func make(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    }
    func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(atPath: path(name), toPath: path(other))
    }
    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
    }

    /// The names in a folder, hidden ones too; none where there is no folder.
    func names(_ name: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
    }

    /// Everything under a name: what is there, who may read it, what is in it.
    /// Without the files that hold nothing but a lock, or nothing at all that
    /// waits to be written.
    func snapshot(_ name: String = "") -> [String: String] {
        var found: [String: String] = [:]
        let root = path(name)
        for path in [""] + ((try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []) {
            let whole = path.isEmpty ? root : "\(root)/\(path)"
            guard let status = try? FileManager.default.attributesOfItem(atPath: whole) else { continue }
            guard !path.hasSuffix("/.lock"), !path.hasSuffix("-lock"), !path.hasSuffix("-shm") else {
                continue
            }
            if path.hasSuffix("-wal"), status[.size] as? Int == 0 { continue }
            let isFolder = status[.type] as? FileAttributeType == .typeDirectory
            let contents = isFolder ? "" : Data((try? self.bytes(relative(whole))) ?? []).digest
            found[path] = "\(status[.posixPermissions] ?? "") \(isFolder ? "folder" : contents)"
        }
        return found
    }

    private func relative(_ whole: String) -> String { String(whole.dropFirst(path.count + 1)) }

    /// Flips a bit of a file.
    func damage(_ name: String, at offset: Int) throws {
        var bytes = try bytes(name)
        bytes[offset < 0 ? bytes.count + offset : offset] ^= 1
        try write(name, bytes)
    }
}

extension Data {
    /// Enough to see whether a file is what it was.
    fileprivate var digest: String {
        var hasher = Hasher()
        hasher.combine([UInt8](self))
        return "\(count) bytes \(hasher.finalize())"
    }
}

/// A small disk in memory, which only root can make: one that can be full, or
/// read-only.
final class SmallDisk {
    let path: String
    private let folder: Folder

    static var canBeMade: Bool { geteuid() == 0 }

    init(kilobytes: Int) throws {
        folder = try Folder()
        path = folder.path
        try #require(
            try Child("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "none", path], in: "/").finish()
                .status == 0, "no small disk could be made")
    }

    /// Leaves so many kilobytes free.
    func fill(leaving kilobytes: Int = 0) throws {
        let file = unsafe open("\(path)/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let page = [UInt8](repeating: 1, count: 4096)
        while unsafe write(file, page, page.count) > 0 {}
        _ = ftruncate(file, max(0, lseek(file, 0, SEEK_END) - off_t(kilobytes * 1024)))
        close(file)
    }

    func empty() { _ = unsafe unlink("\(path)/filler") }

    func makeReadOnly() throws {
        _ = try Child("mount", ["-o", "remount,ro", path], in: "/").finish()
    }

    deinit { _ = try? Child("umount", ["-l", path], in: "/").finish() }
}
