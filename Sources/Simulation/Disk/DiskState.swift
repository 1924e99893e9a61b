internal import CSQLite

/// All that one disk knows: files, names, faults, counts. `SimulatedDisk` guards it by its lock.
///
/// Invariant: a node is free, or some name leads or could lead to it, or a connection has it open.
struct DiskState: Sendable {
    var nodes: [FileNode] = []
    var directory: [String: DirectoryEntry] = [:]
    var faults: [DiskFault] = []
    var isPowered = true
    var isWatched = false
    var isReadOnly = false
    var syncLies = false
    var capacityBytes = SimulatedDisk.defaultCapacityBytes
    var unixMicroseconds: Int64 = 0
    var random: SeededRandom
    private(set) var counts = OperationCounts()
    private(set) var strikeCount = 0
    private var freeNodes: [FileNode.ID] = []
    private var lastSequence = 0
    private var lastFile = 0

    init(_ image: DiskImage, seed: UInt64) {
        random = SeededRandom(seed: seed)
        for (name, content) in image.contents.sorted(by: { $0.key < $1.key }) {
            nodes.append(FileNode(content: content, isNamed: true))
            directory[name] = DirectoryEntry(durable: FileNode.ID(index: nodes.count - 1))
        }
    }

    subscript(id: FileNode.ID) -> FileNode {
        get { nodes[id.index] }
        _modify { yield &nodes[id.index] }
    }

    /// The bytes that files take, open ones without a name included, shared memory not.
    var usedBytes: Int {
        nodes.reduce(0) { $1.isLinked || $1.openCount > 0 ? $0 + $1.content.count : $0 }
    }

    // MARK: Refusing

    /// Counts an operation and refuses it if the power is off or a fault strikes. Everything SQLite asks comes by here.
    mutating func begin(_ operation: DiskOperation) throws(DiskRefusal) {
        counts.count(operation)
        try requirePower(operation.failure)
        guard !faults.isEmpty, !isWatched else { return }
        var striking: DiskFault.Effect?
        for index in faults.indices.reversed() where faults[index].strikes(at: operation) {
            striking = faults[index].effect
            strikeCount += 1
            if striking == .error || striking == .powerLoss { faults.remove(at: index) }
            if striking == .powerLoss { isPowered = false }
        }
        if striking == .fullFromThenOn { throw .full }
        if striking != nil { throw operation.failure }
    }

    /// The same with all files closed: what was not synced waits for that still.
    var withoutPrograms: DiskState {
        var state = self
        for index in nodes.indices {
            state.nodes[index].openCount = 0
            (state.nodes[index].locks, state.nodes[index].sharedMemory) = (FileLocks(), SharedMemory())
        }
        for index in nodes.indices { state.freeIfForgotten(FileNode.ID(index: index)) }
        return state
    }

    func requirePower(_ refusal: DiskRefusal) throws(DiskRefusal) {
        if !isPowered { throw refusal }
    }

    // MARK: Names

    /// Opens a file, or makes one; without a name one that only its opener sees.
    ///
    /// - Returns: the node, and whether SQLite may not write to it.
    mutating func open(_ name: String?, flags: Int32) throws(DiskRefusal) -> (node: FileNode.ID, isReadOnly: Bool) {
        try begin(.open)
        let node: FileNode.ID
        if let name, let existing = directory[name]?.current {
            let mustBeNew = SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE
            if flags & mustBeNew == mustBeNew { throw .cannotOpen }
            node = existing
        } else {
            guard flags & SQLITE_OPEN_CREATE != 0, name == nil || !isReadOnly else { throw .cannotOpen }
            node = create(name)
        }
        self[node].kind = FileNode.Kind(openFlags: flags)
        self[node].owesDirectorySync = self[node].kind == .log || self[node].kind == .journal
        self[node].openCount += 1
        if let name, flags & SQLITE_OPEN_DELETEONCLOSE != 0 { unlink(name) }
        return (node, flags & SQLITE_OPEN_READONLY != 0 || (isReadOnly && name != nil))
    }

    mutating func makeFileID() -> OpenFile.ID {
        lastFile += 1
        return OpenFile.ID(number: lastFile)
    }

    mutating func close(_ file: OpenFile) {
        self[file.node].locks.lower(file.id, to: .none)
        self[file.node].sharedMemory.detach(file.id)
        self[file.node].openCount -= 1
        freeIfForgotten(file.node)
    }

    /// Removes a name. Without `durably` a power cut may bring it back, with the file that it led to.
    mutating func delete(_ name: String, durably: Bool) throws(DiskRefusal) {
        try begin(.delete)
        guard directory[name]?.current != nil else { throw DiskRefusal(ATOLL_IOERR_DELETE_NOENT) }
        if isReadOnly { throw .readOnly }
        unlink(name)
        if durably, !syncLies { syncDirectory() }
    }

    /// The length of the file under a name, nil if there is none.
    func byteCount(of name: String) -> Int? {
        directory[name]?.current.map { self[$0].content.count }
    }

    // MARK: Bytes

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, to node: FileNode.ID) throws(DiskRefusal) {
        try begin(.write)
        if isReadOnly { throw .readOnly }
        let length = self[node].content.count
        let (end, overflows) = offset.addingReportingOverflow(bytes.count)
        guard offset >= 0, !overflows else { throw .full }
        guard end > length, end - length > capacityBytes - usedBytes else {
            self[node].write(bytes, at: offset, sequence: nextSequence())
            return
        }
        // As on a real disk, the part that still fits is written before the rest is refused.
        let fitting = length + max(0, capacityBytes - usedBytes) - offset
        if fitting > 0 {
            self[node].write(UnsafeRawBufferPointer(rebasing: bytes[..<fitting]), at: offset, sequence: nextSequence())
        }
        throw .full
    }

    mutating func truncate(_ node: FileNode.ID, to length: Int) throws(DiskRefusal) {
        try begin(.truncate)
        if isReadOnly { throw .readOnly }
        self[node].truncate(to: length, sequence: nextSequence())
    }

    /// Makes a file durable, and the name that leads to it.
    mutating func sync(_ node: FileNode.ID) throws(DiskRefusal) {
        try begin(.sync)
        guard !syncLies else { return }
        self[node].sync()
        if self[node].owesDirectorySync {
            self[node].owesDirectorySync = false
            syncDirectory()
        } else {
            for (name, entry) in directory where entry.current == node { syncName(name) }
        }
    }

    // MARK: Private

    private mutating func create(_ name: String?) -> FileNode.ID {
        let node = freeNodes.popLast() ?? FileNode.ID(index: nodes.count)
        if node.index == nodes.count { nodes.append(FileNode(isNamed: name != nil)) }
        self[node] = FileNode(isNamed: name != nil)
        let sequence = nextSequence()
        if let name { directory[name, default: DirectoryEntry()].lead(to: node, sequence: sequence) }
        return node
    }

    private mutating func unlink(_ name: String) {
        guard let node = directory[name]?.current else { return }
        self[node].isLinked = false
        let sequence = nextSequence()
        directory[name]?.lead(to: nil, sequence: sequence)
    }

    private mutating func syncDirectory() {
        for name in directory.keys.sorted() { syncName(name) }
    }

    private mutating func syncName(_ name: String) {
        guard let entry = directory[name], !entry.pending.isEmpty else { return }
        if entry.current == nil { directory[name] = nil } else { directory[name]?.sync() }
        for node in entry.nodes { freeIfForgotten(node) }
    }

    private mutating func freeIfForgotten(_ node: FileNode.ID) {
        guard self[node].openCount == 0, !directory.values.contains(where: { $0.nodes.contains(node) }) else { return }
        guard !freeNodes.contains(node) else { return }
        self[node] = FileNode(isNamed: false)
        freeNodes.append(node)
    }

    private mutating func nextSequence() -> Int {
        lastSequence += 1
        return lastSequence
    }
}
