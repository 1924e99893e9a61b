public import CRDT

/// One copy of a chain's data: a synchronous engine over one SQLite file.
///
/// The engine takes time, bytes and randomness as arguments and gives back effects; it never sleeps, reads a clock or opens a
/// socket. One owner uses it, from one thread at a time; readers open snapshots of their own (`read`).
///
/// A business action is one transaction (`apply`), which writes one dot in each scope that it touches and is durable once
/// `commit` has returned. What others wrote arrives as deltas (`join`, or `stage` and `publish` for large ones) and leaves as
/// deltas (`extract`). At every commit the visible state of a scope equals a fold of exactly the transactions under its
/// vector.
public final class Replica {
    /// 2: every row has a checksum; `recent`.
    public static let fileVersion = 3
    static let applicationID: Int64 = 0x4174_6F6C

    public let schema: Schema
    public let path: String
    public internal(set) var identity: Identity

    let connection: Connection
    let tables: Tables
    let digestHasher: DigestHasher
    let chainHasher: ChainHasher
    let run: Hash128
    var codec: RowCodec
    var scopes: [Scope: ScopeState] = [:]
    /// Those of which something changed since the last commit.
    var changedScopes: [Scope] = []
    /// Those in which a head changed by a commit since `takeChangedScopes` was last asked.
    var committedScopes: Set<Scope> = []
    /// How many commits' rows are in the table `recent`.
    var recentCount = 0
    /// Cuts that are visible, and not folded in yet.
    var overlays: [Scope: Overlay] = [:]
    /// Cuts that are arriving.
    var stagings: [StagingPlace: Overlay] = [:]
    /// Up to where the registrar decided that touch marks may go, also for scopes of which nothing is held yet; nil where a
    /// decision cannot be read.
    var decidedHorizons: [Scope: VersionVector?] = [:]
    /// The highest stamp given or taken into account.
    var clock = HLC.none
    /// What was done since the last commit.
    var uncommitted = Uncommitted.nothing
    /// What was applied since the last commit is gone, because the disk failed: the next commit says so.
    var isUndone = false
    /// The state in memory could not be read anew after something failed; see `refresh`.
    public internal(set) var isStale = false
    /// Incarnations that are closed.
    var closures: Set<Origin> = []
    /// Those of lost members that this member closed as the registrar, and counts for.
    var adopted: Set<Origin> = []
    /// Records whose damaged rows are set aside.
    var quarantined: Set<RecordKey> = []
    /// Those whose rows were found to add up to something else than their heads say. Not kept across restarts.
    public internal(set) var doubtfulScopes: Set<Scope> = []
    /// What peers told of records that are aside, and was declined, since it was last taken.
    var unprovenAnswers: [Scope: UnprovenAnswers] = [:]
    /// What peers that hold less have told of records that are aside.
    var gatherings: [RecordKey: Gathering] = [:]
    /// Scopes in which another member's history here was found to be one of two.
    var contested: Set<Scope> = []
    /// Facts of a closed incarnation came in whose counters this replica answers for; `recountClosed` settles it. Kept across
    /// restarts.
    public internal(set) var needsRecount = false
    /// Whether this file is a backup that has not begun a new incarnation yet: `reincarnate` must come before anything is
    /// written.
    public internal(set) var isCopy = false
    /// Below which followers must read a scope anew, as far as somebody has asked since the start.
    var rescanMarks: [Scope: VersionVector] = [:]
    var cache = RecordCache()
    var keyBuffer = ByteWriter()
    var cellBuffer: [Cell] = []
    /// By the rows of one scope, until they are settled.
    var digestChanges = DigestChanges()

    /// Makes a new, empty replica file.
    ///
    /// - Parameter epoch: milliseconds since 1970 that stamps are stored relative to; any recent time serves.
    public static func create(
        at path: String, identity: Identity, epoch: Int64, _ parameters: OpeningParameters
    ) throws -> Replica {
        let connection = try Connection(path: path, mode: .create, vfs: parameters.vfs)
        guard try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 else {
            throw StorageError.alreadyExists(path: path)
        }
        try configure(connection, parameters)
        try connection.execute("BEGIN IMMEDIATE")
        try connection.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(fileVersion)")
        try connection.execute(Tables.creation)
        let meta = Meta(connection)
        try meta.write(identity: identity, epoch: epoch)
        try connection.execute("COMMIT")
        return try Replica(connection, parameters)
    }

    /// Opens a replica file for its one owner.
    public static func open(at path: String, _ parameters: OpeningParameters) throws -> Replica {
        let connection = try Connection(path: path, mode: .write, vfs: parameters.vfs)
        let version = try checkVersion(of: connection)
        try configure(connection, parameters)
        try Migration(connection).run(from: version)
        // A log that is found may never have been synced: what it shows is made durable before anybody hears of it.
        if !Mutants.isOn("found-log-is-trusted") { _ = try connection.integer("PRAGMA wal_checkpoint(PASSIVE)") }
        return try Replica(connection, parameters)
    }

    init(_ connection: Connection, _ parameters: OpeningParameters) throws {
        self.connection = connection
        path = connection.path
        schema = parameters.schema
        run = parameters.run
        digestHasher = DigestHasher(key: parameters.digestKey)
        chainHasher = try ChainHasher()
        tables = try Tables(connection)
        let meta = Meta(connection)
        identity = try meta.identity()
        codec = RowCodec(origins: OriginNumbers(try meta.origins()), epoch: try meta.epoch())
        try loadState()
    }

    /// - Returns: the version of the file, which is not newer than this program's.
    static func checkVersion(of connection: Connection) throws -> Int {
        guard try connection.integer("PRAGMA application_id") == applicationID else {
            throw StorageError.notAReplica(path: connection.path)
        }
        let found = Int(try connection.integer("PRAGMA user_version") ?? 0)
        guard found <= fileVersion else {
            throw StorageError.newerVersion(path: connection.path, found: found, supported: fileVersion)
        }
        return found
    }

    /// Every acknowledged commit is synced; checkpoints run when the owner says so, between transactions.
    private static func configure(_ connection: Connection, _ parameters: OpeningParameters) throws {
        let synchronous = Mutants.isOn("commit-is-not-synced") ? "NORMAL" : "FULL"
        try connection.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous); PRAGMA wal_autocheckpoint = 0;
            PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -\(parameters.cacheKiB);
            """)
        connection.countLogFrames()
    }

    /// Reads heads, runs and staged transfers, as after every failed commit.
    func loadState() throws {
        isStale = true
        let meta = Meta(connection)
        codec.origins = OriginNumbers(try meta.origins())
        needsRecount = try meta.get(Self.recountName) != nil
        isCopy = try meta.get(Self.copyName) != nil
        scopes = [:]
        changedScopes = []
        rescanMarks = [:]
        cache.removeAll()
        (overlays, stagings) = ([:], [:])
        clock = .none
        digestChanges = DigestChanges()
        try tables.scan(.head, from: [], upTo: [0xFF, 0xFF]) { key, value in
            let (scope, origin) = try readOwner(key)
            let head = try Head(value: value)
            changing(scope).load(head, of: origin.origin)
            return true
        }
        try tables.scan(.run, from: [], upTo: [0xFF, 0xFF]) { key, value in
            let (scope, place) = try readOwner(key)
            var reader = ByteReader(value)
            let bits = try reader.readHash()
            let span = RunSpan(origin: place.origin, from: place.sequence, high: bits.high, low: bits.low)
            _ = changing(scope).add(span)
            return true
        }
        if !Mutants.isOn("recent-rows-not-read-at-start") { try loadRecent() }
        for state in scopes.values { state.noteSaved() }
        clock = scopes.values.reduce(.none) { max($0, $1.head(of: identity.origin).stamp) }
        if !Mutants.isOn("arriving-cuts-forgotten-at-start") { try loadOverlays() }
        try loadQuarantine()
        try loadToldHorizons()
        try loadProvenance()
        try loadCheckpoints()
        needsRecount = try Meta(connection).get("recount") != nil
        isStale = false
        do {
            try loadClosures()
            try refreshHorizons()
        } catch {
            isStale = true
            throw error
        }
    }

    /// The scope and origin that a key of `head`, `run` or `change` begins with, and the sequence behind them if there is one.
    func readOwner(_ key: UnsafeRawBufferPointer) throws -> (Scope, Dot) {
        var reader = ByteReader(key)
        let scope = try reader.readScope()
        let number = try reader.readVarint()
        guard let origin = codec.origins.origin(Int(truncatingIfNeeded: number)) else {
            throw StorageError.damaged(path: path, detail: "an origin's number is unknown")
        }
        return (scope, Dot(origin: origin, sequence: reader.isAtEnd ? 0 : try reader.readVarint()))
    }
}

extension Replica {
    /// The scopes of which something is held, ascending.
    public var heldScopes: [Scope] { scopes.keys.sorted() }

    public func holds(_ scope: Scope) -> Bool { scopes[scope] != nil }

    public func cut(of scope: Scope) -> Cut { scopes[scope]?.cut ?? Cut() }

    public func vector(of scope: Scope) -> VersionVector { scopes[scope]?.vector ?? VersionVector() }

    /// The latest stamp that was heard of in a scope; none if nothing in it is ranked.
    public func newestStamp(in scope: Scope) -> HLC { scopes[scope]?.heads.values.map(\.stamp).max() ?? .none }

    /// Up to where this replica, holding a scope that far, may drop touch marks, or may lack them: if nobody knows, everywhere,
    /// so that peers are served whole states.
    public func horizon(of scope: Scope) -> VersionVector {
        guard let state = scopes[scope] else { return VersionVector() }
        guard let decided = decidedHorizons[scope, default: VersionVector()] else { return state.vector }
        let known = Mutants.isOn("senders-horizon-is-forgotten") ? decided : decided.joined(with: state.toldHorizon)
        return known.met(with: state.vector)
    }

    /// The sum of the hashes of all live cells of a scope. Equal vectors and equal state have equal digests; at different
    /// vectors digests say nothing. Nil while a large cut is still being folded in.
    public func digest(of scope: Scope) -> Hash128? {
        guard overlays[scope] == nil else { return nil }
        var sum = Hash128.zero
        for head in (scopes[scope]?.heads ?? [:]).values { sum += head.digest }
        return sum
    }

    /// The run under which a transaction was made: part of the identity of its facts.
    public func run(of dot: Dot, in scope: Scope) -> Run? { scopes[scope]?.run(of: dot) }

    /// The first 16 bytes of SHA-256.
    public func hash(of bytes: [UInt8]) -> Hash128 { chainHasher.hash(bytes) }

    /// The highest stamp that was given or taken into account.
    public var latestStamp: HLC { clock }

    /// The origins whose last stamp lies further ahead of the wall clock than `stampBound`, by scope and origin: somebody's clock
    /// runs ahead. Such stamps rank like others and move no clock here.
    public func stampsAhead(of milliseconds: Int64) -> [(scope: Scope, origin: Origin, stamp: HLC)] {
        let bound = milliseconds + Self.stampBound
        return scopes.sorted { $0.key < $1.key }.flatMap { scope, state in
            state.heads.filter { $0.value.stamp.milliseconds > bound }.sorted { $0.key < $1.key }
                .map { (scope, $0.key, $0.value.stamp) }
        }
    }

    /// For benchmarks: the numbers of the pages that a table has in the file.
    public func pages(of table: Table) throws -> Set<Int> {
        let statement = try connection.prepare("SELECT pageno FROM dbstat WHERE name = ?").bind(table.rawValue, at: 1)
        var pages: Set<Int> = []
        while try statement.step() { pages.insert(Int(statement.integer(0))) }
        return pages
    }

    /// For benchmarks: told of every row that is written.
    public func observeWrites(_ observer: ((Table, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void)?) {
        tables.observer = observer
    }
}
