extension Replica {
    /// Copies the replica into a file that does not exist yet, as of one moment, and marks the copy: whoever opens it must
    /// begin a new incarnation.
    ///
    /// - Parameter pause: called now and then, so that transactions can run in between.
    public func backUp(to path: String, vfs: String? = nil, pause: () -> Void = {}) throws {
        try commit()
        try connection.backUp(to: path, vfs: vfs, pages: 256, pause)
        let copy = try Connection(path: path, mode: .write, vfs: vfs)
        try Meta(copy).set("copied", [1])
    }

    /// Whether this file is a backup that has not begun a new incarnation yet: `reincarnate` must come first.
    public var isCopy: Bool {
        get throws { try Meta(connection).get("copied") != nil }
    }
}
