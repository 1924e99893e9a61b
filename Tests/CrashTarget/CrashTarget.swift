import CRDT
import Glibc
import Replica

/// Works on two replicas in a folder until somebody kills it, and tells every step once it is durable.
///
/// A line is the replica's member number and its vectors of `books` and `stock`, each as origin:sequence pairs. Transaction n of
/// an origin writes one ticket of its own, a register and a fact, and counts 1: so whoever opens the files can see what is missing.
@main
struct CrashTarget {
    static let books = Scope(.books, of: 1)
    static let stock = Scope(.stock, of: 1)

    static let schema = Schema([
        Collection(
            10, "ticket",
            [
                Field(1, "title", .register),
                Field(2, "sales", .facts { _, _ in [Movement(tally, 1, 1)] }),
            ]),
        Collection(20, "tally", [Field(1, "sold", .counter)]),
    ])

    static let tally = RecordKey(scope: stock, collection: 20, id: Identifier(number: 1, digits: 1))

    static func main() throws {
        let folder = CommandLine.arguments[1]
        var replicas: [Replica] = []
        for member in UInt32(1)...2 { replicas.append(try open("\(folder)/\(member).db", member)) }
        while true {
            let (mine, peer) = Bool.random() ? (replicas[0], replicas[1]) : (replicas[1], replicas[0])
            switch Int.random(in: 0..<8) {
            case 0..<4: try sell(at: mine)
            case 4: try joinAll(of: peer, at: mine)
            case 5, 6: try stage(Bool.random() ? books : stock, of: peer, at: mine)
            default: _ = try mine.checkpoint()
            }
            tell(mine)
        }
    }

    private static func open(_ path: String, _ member: UInt32) throws -> Replica {
        let parameters = OpeningParameters(
            schema: schema, digestKey: Array(0..<16), run: Hash128(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)))
        if access(path, F_OK) == 0 {
            do {
                return try Replica.open(at: path, parameters)
            } catch StorageError.notAReplica {
                // Killed while it was being made.
            }
        }
        let identity = Identity(chain: Hash128(high: 1, low: 1), member: member, incarnation: 1)
        return try Replica.create(at: path, identity: identity, epoch: 1_750_000_000_000, parameters)
    }

    private static func sell(at replica: Replica) throws {
        let origin = replica.identity.origin
        for _ in 0..<Int.random(in: 1...4) {
            let number = replica.vector(of: books).sequence(of: origin) + 1
            let id = Identifier(number: UInt64(origin.member) * 1_000_000 + number, digits: 10)
            let key = RecordKey(scope: books, collection: 10, id: id)
            try replica.apply(at: 1_750_000_000_000) { transaction in
                try transaction.set(1, of: key, to: .integer(Int64(number)))
                try transaction.state(.text("sold"), in: 2, of: key)
            }
        }
        try replica.commit()
    }

    private static func joinAll(of peer: Replica, at replica: Replica) throws {
        guard replica.stagedCuts.allSatisfy({ !$0.isPublished }), peer.stagedCuts.allSatisfy({ !$0.isPublished }) else {
            return
        }
        let deltas = try [books, stock].compactMap { try peer.delta($0, for: replica.cut(of: $0)) }
        try replica.join(deltas, at: 1_750_000_000_000)
    }

    /// Moves a large cut on by one step: a piece, its publication, or a chunk's fold.
    private static func stage(_ scope: Scope, of peer: Replica, at replica: Replica) throws {
        if try replica.fold(at: 1_750_000_000_000) { return }
        guard peer.stagedCuts.allSatisfy({ !$0.isPublished }),
            let extraction = try peer.extraction(scope, for: replica.cut(of: scope))
        else { return }
        let last = try replica.stage(extraction.header)
        let position = last.map { last in extraction.keys.firstIndex { $0 > last } ?? extraction.keys.count } ?? 0
        let (records, next) = try peer.records(of: extraction, from: position, byteBudget: 400)
        try replica.stage(records, in: scope)
        if next == extraction.keys.count { try replica.publish(scope) }
    }

    private static func tell(_ replica: Replica) {
        let vectors = [books, stock].map { scope in
            replica.vector(of: scope).entries.map { "\($0.origin.member):\($0.sequence)" }.joined(separator: ",")
        }
        let line = "\(replica.identity.member) [\(vectors[0])] [\(vectors[1])]\n"
        _ = line.withCString { write(1, $0, strlen($0)) }
    }
}
