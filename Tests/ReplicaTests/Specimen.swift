import CRDT
import Replica
import Simulation
import Testing

/// A closed replica file with rows of every kind, to be damaged.
struct Specimen {
    static let scopes = TestSchema.scopes
    let image: DiskImage
    /// A delta that an undamaged replica joins.
    let news: Delta?
    let keys: [RecordKey]
    /// What an undamaged replica answers.
    let answers: [String: String]

    /// A file that is only damaged and opened.
    init(damaging image: DiskImage) {
        (self.image, news, keys, answers) = (image, nil, [], [:])
    }

    init() throws {
        let (peer, site) = (try Site(1), try Site(2))
        let replica = site.replica
        for scope in Self.scopes { for number in 1...6 { try Self.write(number, in: scope, peer.replica) } }
        let closed = peer.identity.origin
        try peer.replica.reincarnate(as: 4711, at: Site.epoch)
        try replica.join([try #require(try peer.replica.delta(Self.scopes[0], for: Cut()))], at: Site.epoch)
        for number in 7...9 { try Self.write(number, in: Self.scopes[0], replica) }
        try replica.perform(at: Site.epoch) {
            try $0.remove(TestSchema.Ticket.title, of: TestSchema.ticket(7, in: Self.scopes[0]))
        }
        try replica.advanceHorizon(
            of: Self.scopes[0],
            acknowledged: [VersionVector([.init(origin: closed, sequence: 3)])], at: Site.epoch)
        try replica.quarantine(TestSchema.ticket(9, in: Self.scopes[0]))
        for scope in Self.scopes[1...2] {
            let delta = try #require(try peer.replica.delta(scope, for: Cut()))
            _ = try replica.stage(delta.header)
            for record in delta.records { try replica.stage([record], in: scope) }
        }
        try replica.publish(Self.scopes[1])
        _ = try replica.fold(at: Site.epoch, byteBudget: 1)
        try Self.write(20, in: Self.scopes[0], peer.replica)
        news = try peer.replica.delta(Self.scopes[0], for: replica.cut(of: Self.scopes[0]))
        keys = try replica.heldScopes.flatMap { try replica.keys(of: $0) }
        try replica.checkpoint()
        image = site.disk.image
        answers = try Self.open(image) { [keys] in Self.answers(of: $0, keys) }
    }

    private static func write(_ number: Int, in scope: Scope, _ replica: Replica) throws {
        try replica.perform(at: Site.epoch) {
            try $0.set(
                TestSchema.Ticket.title, of: TestSchema.ticket(number, in: scope), to: .integer(Int64(number)))
        }
    }

    /// Opens a copy of the file on a disk of its own.
    static func open<Result>(_ image: DiskImage, _ body: (Replica) throws -> Result) throws -> Result {
        let disk = SimulatedDisk(image)
        return try withExtendedLifetime(disk) {
            try body(
                try Replica.open(
                    at: Site.path,
                    OpeningParameters(
                        schema: TestSchema.schema, digestKey: Site.digestKey, run: Hash128(high: 5, low: 5),
                        vfs: disk.vfsName, cacheKiB: 256)))
        }
    }

    /// The file with one statement run over it.
    func changed(_ sql: String, _ change: (Statement) throws -> Void = { _ in }) throws -> DiskImage {
        let disk = SimulatedDisk(image)
        try withExtendedLifetime(disk) {
            let connection = try Connection(path: Site.path, mode: .write, vfs: disk.vfsName)
            let statement = try connection.prepare(sql)
            try change(statement)
            try statement.run()
            #expect(connection.changes == 1, "\(sql)")
        }
        return disk.image
    }

    /// The rows of a table, as they stand in the file.
    func rows(of table: String, _ key: String = "key") throws -> [(key: [UInt8], value: [UInt8])] {
        let disk = SimulatedDisk(image)
        return try withExtendedLifetime(disk) {
            let statement = try Connection(path: Site.path, mode: .read, vfs: disk.vfsName)
                .prepare("SELECT CAST(\(key) AS BLOB), value FROM \(table)")
            var rows: [([UInt8], [UInt8])] = []
            while try statement.step() { rows.append((statement.bytes(0), statement.bytes(1))) }
            return rows
        }
    }

    /// What can be asked of a replica, and its answers; an error that is not typed is an answer that nobody expects.
    static func answers(of replica: Replica, _ keys: [RecordKey]) -> [String: String] {
        var answers: [String: String] = [:]
        func ask(_ question: String, _ answer: () throws -> Any?) {
            do {
                answers[question] = "\(String(describing: try answer()))"
            } catch is StorageError {
                answers[question] = refused
            } catch is ReplicaError {
                answers[question] = refused
            } catch {
                answers[question] = "an error of no type: \(error)"
            }
        }
        for key in keys { ask("record \(key)") { try replica.record(key).cells } }
        ask("scopes") { replica.heldScopes }
        ask("identity") { replica.identity }
        for scope in scopes {
            ask("cut of \(scope)") { replica.cut(of: scope).points }
            ask("digest of \(scope)") { replica.digest(of: scope) }
            ask("sum of \(scope)") { try replica.recomputedDigest(of: scope) }
            ask("keys of \(scope)") { try replica.keys(of: scope) }
            ask("feed of \(scope)") { try replica.feed(of: scope, beyond: VersionVector()) }
            ask("delta of \(scope)") { try replica.delta(scope, for: Cut()) }
            let half = Cut(
                replica.cut(of: scope).points.map { ($0.origin, ChainPoint(sequence: 1, hash: $0.point.hash)) }
                    .filter { $0.0.member == 1 && $0.0.incarnation == 4711 })
            ask("news of \(scope)") { try replica.delta(scope, for: half) }
        }
        return answers
    }

    static let refused = "refused"
}
