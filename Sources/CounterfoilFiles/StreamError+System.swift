internal import Counterfoil
internal import Glibc

extension StreamError {
    /// A system call that failed on a file.
    static func system(_ operation: Operation, _ name: String, _ code: Int32 = errno) -> StreamError {
        let reason: Reason =
            switch code {
            case ENOSPC, EDQUOT: .noRoom
            case EROFS: .readOnly
            case EACCES, EPERM: .forbidden
            case ENOENT: .missing
            case EEXIST, ENOTEMPTY: .exists
            case EISDIR: .isFolder
            case ENOTDIR: .notAFolder
            case EIO: .diskError
            case EPIPE: .closed
            case EBADF: .notOpen
            default: .system(code)
            }
        return StreamError(operation, name, reason)
    }
}

/// Calls again when a signal came in between.
func retrying<T: FixedWidthInteger & SignedInteger>(_ call: () -> T) -> T {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
