internal import Glibc

/// What the operating system refused to do with a file, and why. Nothing that was there was changed.
public enum FileError: Error, Hashable, Sendable {
    case missing(path: String)
    case notADirectory(path: String)
    case isDirectory(path: String)
    case notPermitted(path: String)
    case readOnly(path: String)
    case diskFull(path: String)
    /// More files are open than the process may have.
    case tooManyOpen(path: String, limit: UInt64)
    case system(path: String, operation: String, errno: Int32)

    /// - Parameter operation: the call's purpose, for errors that have no case of their own.
    public init(path: String, operation: String, errno code: Int32) {
        self =
            switch code {
            case ENOENT: .missing(path: path)
            case ENOTDIR: .notADirectory(path: path)
            case EISDIR: .isDirectory(path: path)
            case EACCES, EPERM: .notPermitted(path: path)
            case EROFS: .readOnly(path: path)
            case ENOSPC, EDQUOT, EFBIG: .diskFull(path: path)
            case EMFILE, ENFILE: .tooManyOpen(path: path, limit: OpenFileLimit.current)
            default: .system(path: path, operation: operation, errno: code)
            }
    }
}

extension FileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let path): "\(path): there is no such file or directory. Check the name."
        case .notADirectory(let path): "\(path): this, or a part of it, is a file, not a directory. Name a directory."
        case .isDirectory(let path): "\(path): this is a directory, not a file. Name a file."
        case .notPermitted(let path):
            "\(path): permission denied. Run as the user who owns it, or change its permissions."
        case .readOnly(let path): "\(path): the disk is read-only. Mount it for writing, or name another place."
        case .diskFull(let path): "\(path): the disk is full, or a quota is used up. Free some space and try again."
        case .tooManyOpen(let path, let limit):
            "\(path): this process may open \(limit) files and needs more. Raise the limit (ulimit -n) and try again."
        case .system(let path, let operation, let errno):
            "\(path): \(operation) failed: \(String(cString: strerror(errno))). Check the disk."
        }
    }
}
