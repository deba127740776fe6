public import Counterfoil
internal import Glibc

extension PrivateFolder {
    /// Makes a folder with files in subfolders, all of them or nothing: it is
    /// put together beside its place, and renamed. The folder must not exist.
    public static func makeTree(_ path: String, _ files: [(path: String, bytes: [UInt8])]) throws(StreamError)
    {
        guard !PrivateFile.exists(path) else { throw StreamError(.makeTree, path, .exists) }
        try Descriptor.expectSafePath(to: .makeTree, folder: parent(of: path))
        let building = "\(parent(of: path))/.\(path.split(separator: "/").last ?? "folder").partial"
        let lock = try alone(in: building, toMake: path)
        defer { withExtendedLifetime(lock) {} }
        func empty() {
            for (file, _) in files {
                for name in [file, file + ".partial"] { _ = unsafe unlink("\(building)/\(name)") }
            }
            for (file, _) in files { _ = unsafe rmdir("\(building)/\(parent(of: file))") }
        }
        // What a killed run left. Anything else would become a part of the new folder.
        empty()
        guard try isEmpty(building) else { throw StreamError(.makeTree, building, .foreignFiles) }
        do throws(StreamError) {
            for (file, bytes) in files {
                _ = try PrivateFolder(making: "\(building)/\(parent(of: file))")
                try PrivateFile.create("\(building)/\(file)", bytes)
            }
            // Onto a file, or a folder with anything in it, this fails.
            guard unsafe rename(building, path) == 0 else { throw .system(.makeTree, path) }
        } catch {
            empty()
            _ = unsafe rmdir(building)
            throw error
        }
        try sync(parent(of: path))
    }

    /// The folder in which another is put together, made if it is not there and
    /// held until the result is released: two runs at once would mix their keys.
    private static func alone(in building: String, toMake path: String) throws(StreamError) -> Descriptor {
        guard unsafe mkdir(building, 0o700) == 0 || errno == EEXIST else {
            throw .system(.makeFolder, building)
        }
        let folder: Descriptor
        do { folder = try Descriptor(building, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, to: .openFolder) } catch {
            // The run that made it has given it its name between these two calls.
            guard error.reason == .missing else { throw error }
            throw StreamError(.makeTree, path, .inUse)
        }
        try folder.adoptFolder(to: .makeTree)
        var named = stat()
        // The run that held it before may have given it its name by now.
        guard flock(folder.number, LOCK_EX | LOCK_NB) == 0,
            unsafe stat(building, &named) == 0, try folder.status().st_ino == named.st_ino
        else {
            throw StreamError(.makeTree, path, .inUse)
        }
        return folder
    }

    private static func isEmpty(_ path: String) throws(StreamError) -> Bool {
        guard let folder = unsafe opendir(path) else { throw .system(.openFolder, path) }
        defer { unsafe closedir(folder) }
        // `.` and `..` are always there.
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        return count <= 2
    }
}
