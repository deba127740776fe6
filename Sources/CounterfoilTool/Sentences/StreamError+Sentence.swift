internal import Counterfoil

extension StreamError: Explained {
    /// What could not be done with which file, and what to do where that helps.
    var sentence: String {
        let name = shown(name)
        return switch reason {
        case .inUse:
            operation == .makeTree
                ? "\(name) is being made by another run of counterfoil; wait until it has ended"
                : "\(name) is in use by another run of counterfoil; wait until it has ended"
        case .readableByOthers: "\(name) can be read by others; make it yours alone: chmod 600 \(name)"
        case .ownedByAnother:
            "\(name) belongs to another user, who could have made it; find out who, and use one that is yours or root's"
        case .folderOpenToOthers(let folder):
            "others can put something else in the place of \(name), since the folder \(folder) is theirs, or they can write to it; move it to a folder of yours, or close that one: chmod go-w \(folder)"
        case .foreignFiles:
            "\(name) holds files that no broken-off run of this command has left; find out whose they are, and move the folder away"
        case .tooLarge: "\(name) is too large for what it should be"
        case .notRegular: "\(name) is no regular file"
        case .changedMeanwhile: "\(name) was changed while it was read; run it again"
        case .shortened: "\(name) became shorter while it was read"
        case .other(let what): "\(name): \(what)"
        case .noRoom: failed("the disk is full; make room and run it again")
        case .readOnly: failed("the disk is read-only")
        case .forbidden: failed("permission denied")
        case .missing: failed("there is no such file or folder")
        case .exists: failed("it exists already")
        case .isFolder: failed("it is a folder")
        case .notAFolder: failed("a part of the path is no folder")
        case .diskError: failed("the disk reports an error; do not trust it")
        case .closed: failed("nobody reads the other end any more")
        case .notOpen: failed("it is not open")
        case .system(let code): failed(systemWords(for: code))
        }
    }

    private func failed(_ why: String) -> String { "cannot \(operation.words) \(shown(name)): \(why)" }
}

extension StreamError.Operation {
    fileprivate var words: String {
        switch self {
        case .open: "open"
        case .create: "create"
        case .read: "read"
        case .write: "write to"
        case .overwrite: "overwrite"
        case .inspect: "look at"
        case .sync: "make sure of"
        case .rename: "give its name to"
        case .remove: "remove"
        case .lock: "lock"
        case .openFolder: "open the folder"
        case .makeFolder: "make the folder"
        case .createInside: "create a file in"
        case .makeTree: "make"
        }
    }
}
