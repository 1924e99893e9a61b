internal import Glibc

/// Small files that are replaced as a whole, and folders, so that they survive a power cut either as they were or as they are.
enum DurableFile {
    /// The most bytes that are read of a small file.
    private static let byteLimit = 64 << 20

    static func read(_ path: String) throws -> [UInt8] {
        try Descriptor(path, O_RDONLY).read(limit: byteLimit)
    }

    /// Writes a new file beside the old one, syncs it, and puts it in its place.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
        let draft = path + ".new"
        do {
            _ = unlink(draft)
            let file = try Descriptor(draft, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try bytes.withUnsafeBytes { try file.write($0) }
            try file.sync()
            try move(draft, to: path)
        } catch {
            _ = unlink(draft)
            throw error
        }
    }

    /// Renames within one file system, durably.
    static func move(_ source: String, to target: String) throws(FileError) {
        try systemCall("renaming", target) { rename(source, target) }
        try syncDirectory(parent(of: target))
    }

    /// Makes a copy of a file's bytes, synced.
    static func copy(_ source: String, to target: String, mode: mode_t) throws {
        let (input, output) = (
            try Descriptor(source, O_RDONLY), try Descriptor(target, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        )
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try buffer.withUnsafeMutableBytes { (buffer) in
                try systemCall("reading", source) { Glibc.read(input.number, buffer.baseAddress, buffer.count) }
            }
            guard count > 0 else { break }
            try buffer.withUnsafeBytes { try output.write(.init(rebasing: $0[..<count])) }
        }
        try output.sync()
    }

    /// Gives a file a second name, or where the file system knows no such thing, makes a copy.
    static func keep(_ source: String, as target: String, mode: mode_t) throws {
        guard link(source, target) != 0 else { return }
        try copy(source, to: target, mode: mode)
    }

    /// Makes a folder; its parent is there already, or is named in the error.
    static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(FileError) {
        do throws(FileError) {
            try systemCall("making the directory", path) { mkdir(path, mode) }
        } catch .missing {
            throw .missing(path: parent(of: path))
        }
        try syncDirectory(parent(of: path))
    }

    static func sync(_ path: String) throws(FileError) {
        try Descriptor(path, O_RDONLY).sync()
    }

    static func syncDirectory(_ path: String) throws(FileError) {
        try Descriptor(path, O_RDONLY | O_DIRECTORY).sync()
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// What lies under a name.
enum FileKind {
    case none, file, directory

    init(_ path: String) throws(FileError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw FileError(path: path, operation: "looking at", errno: errno) }
            self = .none
            return
        }
        self = status.st_mode & S_IFMT == S_IFDIR ? .directory : .file
    }

    /// The size of a file; nil if there is none.
    static func byteCount(_ path: String) throws(FileError) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw FileError(path: path, operation: "looking at", errno: errno)
        }
        return Int(status.st_size)
    }
}
