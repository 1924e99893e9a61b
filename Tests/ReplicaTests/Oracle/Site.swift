import CRDT
import Replica
import Simulation

/// One replica of a test on a disk of its own, and the vectors that it must have.
final class Site {
    static let digestKey = Array<UInt8>(0..<16)
    static let path = "replica.sqlite"

    let identity: Identity
    private(set) var disk: SimulatedDisk
    private(set) var run = Run(origin: Origin(rawValue: 0), high: 0, low: 0)
    private var opened: Replica?
    private let schema: Schema

    /// What is visible, by scope.
    var vectors: [Scope: VersionVector] = [:]
    /// What must survive.
    private(set) var durable: [Scope: VersionVector] = [:]
    /// What may have become durable since, whole, though nobody was told.
    private(set) var possible: [[Scope: VersionVector]] = []

    /// - Parameter isNew: whether the disk holds no file yet.
    init(
        _ number: UInt32, schema: Schema = TestSchema.schema, disk: SimulatedDisk = SimulatedDisk(), isNew: Bool = true
    ) throws {
        identity = Identity(chain: Hash128(high: 7, low: 7), member: number, incarnation: UInt64(number) * 1001)
        self.disk = disk
        self.schema = schema
        opened =
            isNew
            ? try Replica.create(at: Self.path, identity: identity, epoch: Self.epoch, nextParameters())
            : try Replica.open(at: Self.path, nextParameters())
    }

    static let epoch: Int64 = 1_750_000_000_000

    var replica: Replica {
        guard let opened else { preconditionFailure("the site is open") }
        return opened
    }

    func vector(_ scope: Scope) -> VersionVector { vectors[scope] ?? VersionVector() }

    /// Says what a call that is about to be made commits; without vectors, what was applied before.
    func intend(_ next: [Scope: VersionVector]? = nil) { possible.append(next ?? vectors) }

    func noteCommit() {
        durable = vectors
        possible = []
    }

    /// Takes what is visible after something failed for what there is. It must be what was durable, or what the failed call
    /// was about to commit: all of it.
    func settle() throws {
        let found = Dictionary(uniqueKeysWithValues: replica.heldScopes.map { ($0, replica.vector(of: $0)) })
            .filter { !$0.value.isEmpty }
        let isKnown = ([durable] + possible).contains { $0.filter { !$0.value.isEmpty } == found }
        try require(isKnown, "found \(found), neither what was acknowledged (\(durable)) nor all that was under way")
        lost = dots(beyond: found)
        vectors = found
        noteCommit()
    }

    var isOpen: Bool { opened != nil }

    /// What was applied and not made durable.
    var unacknowledged: [Scope: Set<Dot>] { dots(beyond: durable) }

    /// What was once applied and is not visible any more.
    private(set) var lost: [Scope: Set<Dot>] = [:]

    private func dots(beyond kept: [Scope: VersionVector]) -> [Scope: Set<Dot>] {
        var dots: [Scope: Set<Dot>] = [:]
        for (scope, vector) in vectors {
            let origin = identity.origin
            let (last, first) = (vector.sequence(of: origin), (kept[scope] ?? VersionVector()).sequence(of: origin) + 1)
            guard first <= last else { continue }
            dots[scope] = Set((first...last).map { Dot(origin: origin, sequence: $0) })
        }
        return dots
    }

    /// Closes the file and opens it again.
    func reopen() throws {
        opened = nil
        opened = try Replica.open(at: Self.path, nextParameters())
    }

    /// A reader of what is durable now, beside the owner.
    func snapshot() throws -> Replica { try Replica.read(at: Self.path, parameters()) }

    /// Goes on with another disk: what was left of this one.
    func restart(on image: DiskImage, arming fault: DiskFault? = nil) throws {
        opened = nil
        disk = SimulatedDisk(image, seed: run.low)
        if let fault { disk.arm(fault) }
        try reopen()
    }

    private func nextParameters() -> OpeningParameters {
        run = Run(origin: identity.origin, high: identity.origin.rawValue, low: run.low + 1)
        return parameters()
    }

    private func parameters() -> OpeningParameters {
        OpeningParameters(
            schema: schema, digestKey: Self.digestKey, run: Hash128(high: run.high, low: run.low), vfs: disk.vfsName,
            cacheKiB: 256)
    }
}
