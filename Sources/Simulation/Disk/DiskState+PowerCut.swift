/// What a power cut leaves.
extension DiskState {
    /// One of the images that a power cut can leave now, chosen by `random` within `survival`.
    ///
    /// - Parameter damagesSectors: whether a sector whose write was under way may hold garbage, bytes beside the write
    ///   included. That is what a disk may do that does not claim powersafe overwrite.
    func image(
        keeping survival: Survival, damagesSectors: Bool, using random: inout some RandomNumberGenerator
    ) -> DiskImage {
        let changes = unsyncedChanges()
        let cut = Int.random(in: 0...changes.count, using: &random)
        var contents = nodes.map(\.durable)
        var names = directory.mapValues(\.durable)
        for (position, (_, change)) in changes.enumerated() {
            let fate = survival.fate(at: position, cut: cut, using: &random)
            switch change {
            case .name(let name, let node):
                // An entry of a directory is a word in a journal: it is there or not.
                let survives = fate == .scattered ? Bool.random(using: &random) : fate == .kept
                if survives { names[name] = .some(node) }
            case .file(let node, let change):
                let sectors = SectorFates(damagesSectors: damagesSectors)
                sectors.apply(change, fate, to: &contents[node.index], using: &random)
            }
        }
        return DiskImage(contents: names.compactMapValues { $0 }.mapValues { contents[$0.index] })
    }

    private enum UnsyncedChange {
        case name(String, FileNode.ID?)
        case file(FileNode.ID, FileChange)
    }

    /// What no sync has made durable, over the whole disk, in the order in which it was issued.
    private func unsyncedChanges() -> [(sequence: Int, UnsyncedChange)] {
        var changes: [(sequence: Int, UnsyncedChange)] = []
        for (name, entry) in directory {
            for (sequence, node) in entry.pending { changes.append((sequence, .name(name, node))) }
        }
        for (index, node) in nodes.enumerated() {
            let id = FileNode.ID(index: index)
            for pending in node.pending { changes.append((pending.sequence, .file(id, pending.change))) }
        }
        return changes.sorted { $0.sequence < $1.sequence }
    }
}
