import Counterfoil
import CounterfoilFiles
import Foundation
import TestSupport
import Testing

/// What is overwritten, what is left alone, and what is noticed.
@Suite struct FileTests {
    let folder = TemporaryFolder()

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: folder.file(name)))
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: folder.file(name))))
    }

    // MARK: What a killed run left

    /// Each way in which a file of the name `page` comes to be written, after a run
    /// that was killed.
    static let ways: [(String, @Sendable (PrivateFolder) throws -> Void)] = [
        ("overwriting a part", { try $0.overwrite("page", at: 0, with: [1]) }),
        (
            "replacing it",
            { folder in
                let file = try folder.create("page")
                try [1, 2, 3].withBytes { try file.write($0) }
                try file.publish()
            }
        ),
    ]

    @Test("It is overwritten before it is removed: a key may be in it", arguments: ways.indices)
    func leftover(_ way: Int) throws {
        try write("page", [0, 0, 0])
        try write(".page.partial", Array("half a key".utf8))
        // Whoever reads the disk sees what an open file shows.
        let seen = try FileHandle(forReadingFrom: URL(filePath: folder.file(".page.partial")))
        try Self.ways[way].1(PrivateFolder(folder.path))
        #expect(try seen.readToEnd() == Data(repeating: 0, count: 10))
        #expect(!folder.names.contains(".page.partial"))
    }

    @Test("What has a second name is a finished file, and stays as it is", arguments: ways.indices)
    func secondName(_ way: Int) throws {
        let finished = Array("a finished page".utf8)
        try write("page", [0, 0, 0])
        try write("finished", finished)
        try FileManager.default.linkItem(
            atPath: folder.file("finished"), toPath: folder.file(".page.partial"))
        try Self.ways[way].1(PrivateFolder(folder.path))
        #expect(try bytes("finished") == finished)
        #expect(!folder.names.contains(".page.partial"))
    }

    @Test("A link in that place is removed, and not followed", arguments: ways.indices)
    func symbolicLink(_ way: Int) throws {
        let other = Array("another file".utf8)
        try write("page", [0, 0, 0])
        try write("other", other)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file(".page.partial"), withDestinationPath: "other")
        try Self.ways[way].1(PrivateFolder(folder.path))
        #expect(try bytes("other") == other)
        #expect(!folder.names.contains(".page.partial"))
    }

    @Test("A link in the page's own place is not written through")
    func linkInPlace() throws {
        let other = Array("another file".utf8)
        try write("other", other)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("page"), withDestinationPath: "other")
        #expect(throws: StreamError.self) {
            try PrivateFolder(folder.path).overwrite("page", at: 0, with: [1])
        }
        #expect(try bytes("other") == other)
    }

    @Test("What a page says is wiped with it when it is replaced")
    func wiped() throws {
        let secret = Array("a sealed key and more".utf8)
        try write("page", secret)
        let seen = try FileHandle(forReadingFrom: URL(filePath: folder.file("page")))
        let file = try PrivateFolder(folder.path).create("page")
        try [1, 2, 3].withBytes { try file.write($0) }
        try file.publish(wiping: 2..<12)
        let left = [UInt8](try seen.readToEnd() ?? Data())
        #expect(left[2..<12].allSatisfy { $0 == 0 } && left[12...] == secret[12...])
        #expect(try bytes("page") == [1, 2, 3])
    }

    // MARK: A file that is read twice

    @Test("A change within a file shows, though its size is the same")
    func changed() throws {
        try write("roll", Array("one,two\n".utf8))
        var source = try FileSource(folder.file("roll"))
        #expect(try read(&source) == "one,two\n")
        var again = try source.rewound()
        #expect(try read(&again) == "one,two\n")
        // The clock of a file system goes in steps of some milliseconds.
        usleep(50_000)
        let file = try FileHandle(forWritingTo: URL(filePath: folder.file("roll")))
        try file.write(contentsOf: Data("two,one\n".utf8))
        try file.close()
        let error = #expect(throws: StreamError.self) { try source.rewound() }
        #expect(error?.reason == .changedMeanwhile)
    }

    @Test("A change of size shows", arguments: [-1, 1])
    func resized(_ by: Int) throws {
        try write("roll", Array("one,two\n".utf8))
        let source = try FileSource(folder.file("roll"))
        let file = try FileHandle(forWritingTo: URL(filePath: folder.file("roll")))
        try file.truncate(atOffset: UInt64(8 + by))
        try file.close()
        let error = #expect(throws: StreamError.self) { try source.rewound() }
        #expect(error?.reason == .changedMeanwhile)
    }

    private func read(_ source: inout FileSource) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = try bytes.withMutableBytes { try source.read(into: &$0) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    // MARK: A new file

    @Test("It is its owner's alone, and never replaces another")
    func created() throws {
        try PrivateFile.create(folder.file("new"), [1])
        let file = try PrivateFolder(making: folder.file("made")).create("inside")
        try [2].withBytes { try file.write($0) }
        try file.publish()
        for (name, mode) in [("new", 0o600), ("made", 0o700), ("made/inside", 0o600)] {
            let found = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            #expect(found[.posixPermissions] as? Int == mode, "\(name)")
        }
        let error = #expect(throws: StreamError.self) { try PrivateFile.create(folder.file("new"), [3]) }
        #expect(error?.reason == .exists)
        #expect(try bytes("new") == [1])
        try FileManager.default.removeItem(atPath: folder.file("made"))
    }

    @Test("A new folder of files takes no other's place, not even that of an empty one")
    func tree() throws {
        let (there, new) = (folder.file("there"), folder.file("new"))
        try FileManager.default.createDirectory(atPath: there, withIntermediateDirectories: false)
        let error = #expect(throws: StreamError.self) {
            try PrivateFolder.makeTree(there, [("a/key", [1])])
        }
        #expect(error?.reason == .exists)
        #expect(folder.names == ["there"])
        try FileManager.default.removeItem(atPath: there)
        try PrivateFolder.makeTree(new, [("a/key", [1])])
        #expect(folder.names == ["new"])
        #expect(try bytes("new/a/key") == [1])
        try FileManager.default.removeItem(atPath: new)
    }

    @Test("A key that others can read or write is refused", arguments: [0o604, 0o640, 0o602, 0o620, 0o601])
    func sharedKey(_ mode: Int) throws {
        try write("key", [1, 2, 3])
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.file("key"))
        #expect(try PrivateFile.readKey(folder.file("key")) == [1, 2, 3])
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.file("key"))
        let error = #expect(throws: StreamError.self) { try PrivateFile.readKey(folder.file("key")) }
        #expect(error?.reason == .readableByOthers)
    }

    @Test("What has no size is not read from any place", arguments: ["/dev/zero", "/proc/self"])
    func notRegular(_ path: String) {
        let error = #expect(throws: StreamError.self) { try ReadableFile(path) }
        #expect(error?.reason == .notRegular)
    }

    @Test("More than was asked for is refused")
    func tooLarge() throws {
        try write("large", [UInt8](repeating: 1, count: 1001))
        #expect(try PrivateFile.read(folder.file("large"), atMost: 1001).count == 1001)
        let error = #expect(throws: StreamError.self) {
            try PrivateFile.read(folder.file("large"), atMost: 1000)
        }
        #expect(error?.reason == .tooLarge(limit: 1000))
    }

    // MARK: Alone

    @Test("A folder is one process's at a time")
    func lock() throws {
        let folder = try PrivateFolder(folder.path)
        var lock: FolderLock? = try folder.lock()
        let error = #expect(throws: StreamError.self) { _ = try folder.lock() }
        #expect(error?.reason == .inUse)
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try folder.lock()
    }
}
