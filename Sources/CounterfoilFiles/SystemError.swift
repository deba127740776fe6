internal import Counterfoil
internal import Glibc

extension StreamError {
    /// A failed system call on a file, in words, with what to do where that helps.
    static func system(_ doing: String, _ path: String, _ code: Int32 = errno) -> StreamError {
        let advice =
            switch code {
            case ENOSPC, EDQUOT: "the disk is full; make room and run it again"
            case EROFS: "the disk is read-only"
            case EACCES, EPERM: "permission denied"
            case ENOENT: "there is no such file or folder"
            case EEXIST, ENOTEMPTY: "it exists already"
            case EISDIR: "it is a folder"
            case ENOTDIR: "a part of the path is no folder"
            case EIO: "the disk reports an error; do not trust it"
            case EPIPE: "nobody reads the other end any more"
            case EBADF: "it is not open"
            default: unsafe String(cString: strerror(code))
            }
        return StreamError("cannot \(doing) \(path): \(advice)")
    }
}

/// Calls again when a signal came in between.
func retrying<T: FixedWidthInteger & SignedInteger>(_ call: () -> T) -> T {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
