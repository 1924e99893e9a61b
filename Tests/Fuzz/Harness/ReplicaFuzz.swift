internal import CRDT
internal import Replica
internal import Retail
internal import Simulation
internal import Sync

/// Joins deltas that nobody vouches for into a replica on a disk in memory: they may be refused, and what is refused changes
/// nothing. What was taken in can be read, survives a start, and can be passed on.
struct ReplicaFuzz {
    private let disk: SimulatedDisk
    private let replica: Replica

    static func check(_ deltas: [Delta], _ use: DeltaFuzz.Use) throws {
        let scene = try FuzzScene.shared.get()
        let one = try ReplicaFuzz(scene.receiver)
        let taken = try deltas.filter { try one.take($0) { try one.replica.join([$0], at: FuzzScene.now) } }
        try one.replica.join(taken, at: FuzzScene.now)
        let keys = Set(taken.flatMap { $0.records.map(\.key) }).sorted()
        try one.read(keys)
        if use.contains(.stage) {
            let two = try ReplicaFuzz(scene.receiver)
            let staged = try deltas.filter { try two.take($0) { try two.stage($0) } }
            try Violation.unless(
                staged == taken && two.state == one.state, "staging does what joining does",
                "\(deltas): \(one.state), \(two.state)")
        }
        if use.contains(.restart) { try one.checkRestart(reading: keys) }
        if use.contains(.passOn) {
            let scopes = Set(taken.map(\.header.scope)).sorted()
            try one.checkPassingOn(scopes, to: try ReplicaFuzz(scene.newcomer))
        }
    }

    private init(_ image: DiskImage) throws {
        disk = SimulatedDisk(image)
        replica = try Replica.open(at: FuzzScene.path, FuzzScene.parameters(disk, run: 99))
    }

    /// What is held, where there is anything.
    private struct Holding: Hashable {
        let scope: Scope
        let cut: Cut
        let digest: Hash128?
    }

    private var state: [Holding] {
        replica.heldScopes.map { Holding(scope: $0, cut: replica.cut(of: $0), digest: replica.digest(of: $0)) }
            .filter { !$0.cut.vector.isEmpty }
    }

    /// - Returns: whether the delta was taken in.
    private func take(_ delta: Delta, _ body: (Delta) throws -> Void) throws -> Bool {
        let before = state
        do {
            try body(delta)
            try Violation.unless(
                replica.vector(of: delta.header.scope).covers(delta.header.cut.vector), "what was joined is held", "\(delta)")
            return true
        } catch let error as ReplicaError {
            try Violation.unless(state == before, "what is refused changes nothing", "\(error): \(delta)")
            return false
        }
    }

    private func stage(_ delta: Delta) throws {
        do {
            _ = try replica.stage(delta.header)
            let middle = delta.records.count / 2
            try replica.stage(Array(delta.records[..<middle]), in: delta.header.scope)
            try replica.stage(Array(delta.records[middle...]), in: delta.header.scope)
            try replica.publish(delta.header.scope)
        } catch {
            try replica.dropStaged(delta.header.scope)
            throw error
        }
        while try replica.fold(at: FuzzScene.now) {}
    }

    private func read(_ keys: [RecordKey]) throws {
        for key in keys {
            let record = try replica.record(key)
            record.checkInvariants()
            ViewChecks.read(record)
        }
    }

    /// The file is opened again, as after a crash, and what is due then is done.
    private func checkRestart(reading keys: [RecordKey]) throws {
        let restarted = try ReplicaFuzz(disk.image)
        try Violation.unless(
            restarted.state == state, "a start finds what was joined", "\(state), \(restarted.state)")
        do {
            try restarted.replica.recountClosed(at: FuzzScene.now)
        } catch is ReplicaError {}
        _ = try restarted.replica.collectMarks()
        try restarted.read(keys)
    }

    private func checkPassingOn(_ scopes: [Scope], to newcomer: ReplicaFuzz) throws {
        for scope in scopes {
            guard let delta = try replica.delta(scope, for: Cut()) else { continue }
            guard try DeltaFuzz.pieces(of: delta.records, delta.header, cellTarget: PieceLimits.cellTarget) != nil else {
                continue
            }
            do {
                try newcomer.replica.join([delta], at: FuzzScene.now)
            } catch ReplicaError.malformed(.inventsOwn) {
                continue
            }
            try Violation.unless(
                newcomer.replica.digest(of: scope) == replica.digest(of: scope), "what was joined can be passed on",
                "\(scope): \(delta)")
        }
    }
}
