import CRDT
import CSodium
import Replica
import Retail

/// What a replica shows of the trade, without what differs between two worlds in which the same was done: members stand in
/// place of origins, and there are no stamps and no runs. The scope `chain` is left out: processes have certificates in it.
struct ShownContent {
    /// By scope, its records, ascending: a line each.
    private let scopes: [Scope: [String]]

    init(of replica: Replica) throws {
        var scopes: [Scope: [String]] = [:]
        for scope in replica.heldScopes where scope != .chain {
            let lines = try RetailSchema.schema.collections.flatMap { collection in
                try replica.keys(of: scope, collection: collection.number).compactMap { key in
                    let fields = try Self.fields(of: key, collection, in: replica)
                    return fields.isEmpty ? nil : "\(scope) \(collection.name) \(key.id): \(fields.joined(separator: "; "))"
                }
            }
            if !lines.isEmpty { scopes[scope] = lines.sorted() }
        }
        self.scopes = scopes
    }

    /// SHA-256 of a scope's lines, in hexadecimal.
    func digest(of scope: Scope) -> String {
        let text = Array((scopes[scope] ?? []).joined(separator: "\n").utf8)
        var hash = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        _ = crypto_hash_sha256(&hash, text, UInt64(text.count))
        return hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Records that show values which were written without seeing each other.
    var contested: [String] {
        scopes.values.joined().filter { $0.contains(Self.loses) || $0.contains(Self.branches) }
    }

    /// The first record that is shown in another way there; nil if the digests of all scopes are equal.
    ///
    /// - Parameter doubtful: scopes that are not compared.
    func difference(from other: ShownContent, without doubtful: Set<Scope>) -> (here: String, there: String)? {
        for scope in Set(scopes.keys).union(other.scopes.keys).subtracting(doubtful).sorted() {
            guard digest(of: scope) != other.digest(of: scope) else { continue }
            let (ours, theirs) = (Set(scopes[scope] ?? []), Set(other.scopes[scope] ?? []))
            let name = (ours.symmetricDifference(theirs).min() ?? "").prefix { $0 != ":" } + ":"
            let (here, there) = (ours.first { $0.hasPrefix(name) }, theirs.first { $0.hasPrefix(name) })
            return (here ?? "\(name) nothing", there ?? "\(name) nothing")
        }
        return nil
    }

    private static let loses = " over "
    private static let branches = " beside "

    private static func fields(of key: RecordKey, _ collection: Collection, in replica: Replica) throws -> [String] {
        let record = try replica.record(key)
        return try collection.fields.compactMap { field in
            let text: String
            switch field.kind {
            case .register: text = record.register(SlotKey(field: field.number)).map(Self.text) ?? ""
            case .set, .map:
                let entries = record.elements(field.number).entries
                text = entries.map { "\($0.element) \(Self.text($0.register))" }.sorted().joined(separator: ", ")
            case .progress(let lattice):
                let progress = record.progress(field.number, in: lattice)
                text = progress.heads.map { "\($0)" }.joined(separator: branches)
            case .counter: text = Self.text(record.counter(field.number))
            case .facts:
                let facts = record.facts(field.number) { replica.run(of: $0, in: key.scope) }
                text = facts.map { "\($0.value) by \($0.id.run.origin.member)" }.sorted().joined(separator: ", ")
            case .escrow: throw Chain.Failure(text: "\(collection.name): the trade keeps no escrow")
            }
            return text.isEmpty ? nil : "\(field.name) \(text)"
        }
    }

    /// The value that counts, and those that lost to it, in the order in which they are offered.
    private static func text(_ register: Register) -> String {
        ([register.winner] + register.losers).map { cell in
            (cell.value.map { "\($0)" } ?? "") + " by \(cell.dot.origin.member)"
        }.joined(separator: loses)
    }

    private static func text(_ counter: Counter) -> String {
        let members = Dictionary(grouping: counter.shares, by: \.origin.member).sorted { $0.key < $1.key }
        return members.map { member, shares in
            let (up, down) = (shares.reduce(0) { $0 + $1.count.increments }, shares.reduce(0) { $0 + $1.count.decrements })
            return "+\(up) -\(down) by \(member)"
        }.joined(separator: ", ")
    }
}
