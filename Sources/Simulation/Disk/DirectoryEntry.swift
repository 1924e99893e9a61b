/// One name of the directory: the file that it leads to, and what it leads to after a power cut.
///
/// A name becomes durable when the file that it leads to is synced, and every name does when the directory is. As with
/// SQLite's VFS for Unix, the directory is synced by a removal that asks for it, and by the first sync of a journal or a
/// log after it was opened. So `synchronous=FULL` does not make a commit durable that removes its rollback journal (`EXTRA`
/// does), and the journal can come back.
struct DirectoryEntry: Sendable {
    private(set) var durable: FileNode.ID?
    private(set) var pending: [(sequence: Int, node: FileNode.ID?)] = []

    init(durable: FileNode.ID? = nil) {
        self.durable = durable
    }

    /// The file that a program finds under the name.
    var current: FileNode.ID? {
        if let last = pending.last { last.node } else { durable }
    }

    mutating func lead(to node: FileNode.ID?, sequence: Int) {
        pending.append((sequence, node))
    }

    mutating func sync() {
        durable = current
        pending = []
    }

    /// The files that the name leads to, or could after a power cut.
    var nodes: [FileNode.ID] {
        (CollectionOfOne(durable) + pending.map(\.node)).compactMap { $0 }
    }
}
