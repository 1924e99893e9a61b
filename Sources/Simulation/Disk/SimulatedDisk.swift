internal import CSQLite
internal import Synchronization

/// A disk in memory that SQLite can use, and that can lose power, fail, fill up, lie and rot.
///
/// It registers a SQLite VFS under `vfsName`; a connection opened with that name keeps its files here. Connections may
/// run on several threads. Locks of files and of shared memory are real between the connections of one disk, and WAL mode
/// works with readers on connections of their own.
///
/// **Model.** A program reads whatever was written. What a power cut leaves is less: a write or truncation is durable
/// once its file was synced since; a new or removed name once the directory was, or the file that it leads to
/// (`DirectoryEntry`). Of what is not durable, `powerCut` keeps a choice (`Survival`). A sync of one file says nothing about
/// the bytes of another. A failed sync makes nothing durable. Shared memory never survives.
///
/// Time stands still: SQLite's waiting advances the disk's own clock and returns at once. Where threads share a disk, whoever
/// holds a lock may have no processor just then, and SQLite counts how often it waits: so `giveWay` lets the others go on.
public final class SimulatedDisk: Sendable {
    /// What a disk holds unless told otherwise: 4 GiB.
    public static let defaultCapacityBytes = 1 << 32

    /// The name to give `sqlite3_open_v2`; no other disk of the process has it.
    public let vfsName: String

    /// Whether a write spares the bytes beside it in its sector when power fails, and SQLite is told so.
    ///
    /// SQLite's own VFS for Unix claims it; a disk that does not makes SQLite fill up the last sector of each WAL commit.
    public let isPowersafeOverwrite: Bool

    /// Guards all that changes. SQLite is never called while it is held.
    let state: Mutex<DiskState>

    /// Called while SQLite waits for a lock, without any lock of the disk's own.
    let giveWay: @Sendable () -> Void

    private let registration: VFSRegistration
    private static let count = Atomic(0)

    /// A disk that holds `image`, all of it durable.
    ///
    /// - Parameters:
    ///   - seed: of the random bytes that SQLite asks of its VFS.
    ///   - isPowersafeOverwrite: see the property.
    ///   - giveWay: lets other threads that share the disk go on while SQLite waits for one of them.
    public convenience init(
        _ image: DiskImage = DiskImage(), seed: UInt64 = 0, isPowersafeOverwrite: Bool = false,
        giveWay: @escaping @Sendable () -> Void = {}
    ) {
        self.init(DiskState(image, seed: seed), isPowersafeOverwrite, giveWay)
    }

    /// The same disk after the programs that used another one were killed. That one fails whatever is still asked of it.
    public convenience init(afterKillAt other: SimulatedDisk) {
        let state = other.state.withLock { state in
            defer { state.isPowered = false }
            return state.withoutPrograms
        }
        self.init(state, other.isPowersafeOverwrite, other.giveWay)
    }

    private init(_ state: DiskState, _ isPowersafeOverwrite: Bool, _ giveWay: @escaping @Sendable () -> Void) {
        self.giveWay = giveWay
        vfsName = "atoll-disk-\(Self.count.add(1, ordering: .relaxed).newValue)"
        self.isPowersafeOverwrite = isPowersafeOverwrite
        self.state = Mutex(state)
        registration = VFSRegistration(name: vfsName)
        registration.register(self)
    }

    /// The C methods of this disk's files, good for as long as the disk lives.
    var fileMethods: UnsafePointer<sqlite3_io_methods> { registration.fileMethods }

    // MARK: Condition

    /// How many bytes all files together may take; a write beyond gives `SQLITE_FULL`. Shared memory is not counted.
    public var capacityBytes: Int {
        get { state.withLock { $0.capacityBytes } }
        set { state.withLock { $0.capacityBytes = newValue } }
    }

    /// Whether changes are refused with `SQLITE_READONLY` and files open for reading only.
    public var isReadOnly: Bool {
        get { state.withLock { $0.isReadOnly } }
        set { state.withLock { $0.isReadOnly = newValue } }
    }

    /// Whether a sync says yes and makes nothing durable.
    public var syncLies: Bool {
        get { state.withLock { $0.syncLies } }
        set { state.withLock { $0.syncLies = newValue } }
    }

    /// The time that SQLite reads here.
    public var unixMilliseconds: Int64 {
        get { state.withLock { $0.unixMicroseconds / 1000 } }
        set { state.withLock { $0.unixMicroseconds = newValue * 1000 } }
    }

    /// Whether the disk still works; once it does not, it never does again.
    public var isPowered: Bool { state.withLock { $0.isPowered } }

    // MARK: Faults

    /// Makes something go wrong later.
    public func arm(_ fault: DiskFault) {
        state.withLock { $0.faults.append(fault) }
    }

    /// Takes back every fault that was armed and has not struck for good.
    public func disarm() {
        state.withLock { $0.faults = [] }
    }

    /// Runs a body whose own reading meets no fault, and is counted by none: that of whoever watches a run.
    public func watching<Value>(_ body: () throws -> Value) rethrows -> Value {
        state.withLock { $0.isWatched = true }
        defer { state.withLock { $0.isWatched = false } }
        return try body()
    }

    /// Takes the power away now: whatever SQLite asks from here on fails.
    public func losePower() {
        state.withLock { $0.isPowered = false }
    }

    /// One of the images that a power cut at this moment can leave. Changes nothing, so it can be asked many times.
    ///
    /// - Complexity: O(files + bytes of the files with unsynced changes).
    public func powerCut(keeping survival: Survival, using random: inout some RandomNumberGenerator) -> DiskImage {
        // The lock is not held while the caller's generator runs.
        let now = state.withLock { $0 }
        return now.image(keeping: survival, damagesSectors: !isPowersafeOverwrite, using: &random)
    }

    /// Flips the bits of `mask` in one byte of a file, at rest: reads, and power cuts, give it flipped.
    ///
    /// - Returns: whether the file has such a byte.
    @discardableResult
    public func flip(_ mask: UInt8, at offset: Int, of name: String) -> Bool {
        state.withLock { state in
            guard let node = state.directory[name]?.current, (0..<state[node].content.count).contains(offset) else {
                return false
            }
            state[node].flip(mask, at: offset)
            return true
        }
    }

    /// How often armed faults have struck.
    public var strikeCount: Int { state.withLock { $0.strikeCount } }

    // MARK: Observation

    /// All files as a program reads them now.
    public var image: DiskImage {
        state.withLock { state in
            DiskImage(contents: state.directory.compactMapValues(\.current).mapValues { state[$0].content })
        }
    }

    /// The bytes that files take; shared memory is not counted.
    public var usedBytes: Int { state.withLock { $0.usedBytes } }

    /// What SQLite has asked for since the disk was made.
    public var operations: OperationCounts { state.withLock { $0.counts } }

    /// How often each page was fetched from a file since the last reset, by the page's number in the database.
    ///
    /// For a database, what was read from its own file; for its `-wal` file, what was read from the log instead. What a
    /// connection finds in its cache is not read. Empty if there is no such file.
    public func pageReads(of name: String) -> [Int: Int] {
        state.withLock { state in state.directory[name]?.current.map { state[$0].pageReads } ?? [:] }
    }

    /// Starts the page counts of all files anew.
    public func resetPageReads() {
        state.withLock { state in
            for index in state.nodes.indices { state.nodes[index].resetPageReads() }
        }
    }
}
