import CRDT
import Replica
import Simulation

/// Tills that sell, are backed up, restored and cloned, and meet headquarters, as a seed says; held against the facts that were
/// acknowledged to the test.
///
/// Tills do not meet each other before the end, and headquarters, which is the first, keeps its disk: so all branches of a till
/// come to one place.
///
/// The test knows of every living disk which facts are on it: what was sold there, and what was there of whoever it met. Of
/// those none may be lost at the end, and no counter may ever say more.
struct TillSchedule {
    private var random: SeededRandom
    private var tills: [Till] = []
    private var backups: [Backup] = []
    private var milliseconds = Site.epoch
    private var sales: [UInt64: Int64] = [:]
    private var lastIncarnation: UInt64 = 1 << 20
    private var lastRun: UInt64 = 1 << 20

    /// A replica on a disk of its own, and the numbers of the sales that must be on it.
    private struct Till {
        var disk: SimulatedDisk
        var replica: Replica
        var held: Set<UInt64> = []
    }

    private struct Backup {
        let till: Int
        let image: DiskImage
        let held: Set<UInt64>
        /// It was made by `backUp`, which marks the copy, and not by a disk that was copied.
        let isMarked: Bool
    }

    init(seed: UInt64, tillCount: UInt32) throws {
        random = SeededRandom(seed: seed)
        for member in 0..<tillCount {
            let disk = SimulatedDisk()
            tills.append(Till(disk: disk, replica: try Shop.replica(member, on: disk)))
        }
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            let index = Int.random(in: tills.indices, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<8: try sell(at: index)
            case 8..<12: try meet(0, index)
            case 12, 13: try backUp(index)
            case 14: try restore()
            case 15: try clone(index)
            case 16: try restart(index)
            case 17: try tills[index].replica.compact()
            case 18: try tills[index].replica.checkpoint()
            default: try reincarnate(index)
            }
            milliseconds += Int64.random(in: 0...2000, using: &random)
            try check(index)
        }
        try converge()
        // Two copies of one till that had written nothing since are told apart once they do.
        for index in tills.indices { try sell(at: index) }
        try converge()
    }

    // MARK: Steps

    private mutating func sell(at index: Int) throws {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let number = UInt64(sales.count + 1)
            let quantity = Int64.random(in: -3...9, using: &random)
            try tills[index].replica.perform(at: milliseconds) { transaction in
                try transaction.state(.integer(quantity), in: Shop.lines, of: Shop.sale(number))
                try transaction.set(Shop.text, of: Shop.note, to: .integer(Int64(number)))
                try transaction.insert(.index(number), into: Shop.tags, of: Shop.note)
            }
            sales[number] = quantity
            tills[index].held.insert(number)
        }
    }

    private mutating func meet(_ left: Int, _ right: Int) throws {
        guard left != right else { return }
        var incarnation = lastIncarnation
        try ReplicaTests.meet([tills[left].replica, tills[right].replica], at: milliseconds, incarnation: &incarnation)
        lastIncarnation = incarnation + 2
        let both = tills[left].held.union(tills[right].held)
        (tills[left].held, tills[right].held) = (both, both)
        try check(left)
        try check(right)
    }

    private mutating func backUp(_ index: Int) throws {
        guard index > 0 else { return }
        let isMarked = Bool.random(using: &random)
        let image: DiskImage
        if isMarked {
            let target = SimulatedDisk()
            try tills[index].replica.backUp(to: "replica.db", vfs: target.vfsName)
            image = withExtendedLifetime(target) { target.image }
        } else {
            image = tills[index].disk.image
        }
        backups.append(Backup(till: index, image: image, held: tills[index].held, isMarked: isMarked))
    }

    /// A till's disk is gone, and its backup takes its place: with a new incarnation at once, or without anybody noticing.
    private mutating func restore() throws {
        guard let backup = backups.randomElement(using: &random) else { return }
        try replace(backup.till, by: backup.image)
        tills[backup.till].held = backup.held
        let replica = tills[backup.till].replica
        try require(replica.isCopy == backup.isMarked, "a backup says of itself that it is none")
        if backup.isMarked || Bool.random(using: &random) { try reincarnate(backup.till) }
        try require(!replica.isCopy, "a new incarnation is no copy any more")
    }

    /// A disk is copied while it is at work, and both go on.
    private mutating func clone(_ index: Int) throws {
        guard index > 0, tills.count < 7 else { return }
        tills.append(tills[index])
        try replace(tills.count - 1, by: tills[index].disk.image)
    }

    private mutating func restart(_ index: Int) throws { try replace(index, by: tills[index].disk.image) }

    private mutating func reincarnate(_ index: Int) throws {
        lastIncarnation += 2
        try tills[index].replica.reincarnate(as: lastIncarnation, at: milliseconds)
    }

    private mutating func replace(_ index: Int, by image: DiskImage) throws {
        lastRun += 1
        let disk = SimulatedDisk(image, seed: lastRun)
        tills[index].replica = try Replica.open(at: "replica.db", Shop.parameters(disk, run: lastRun))
        tills[index].disk = disk
    }

    // MARK: Checks

    /// Nothing that was acknowledged is missing, nothing is there twice, and no counter has run ahead of the facts.
    private func check(_ index: Int) throws {
        let till = tills[index]
        var stated: [UInt64] = []
        for key in try till.replica.keys(of: Shop.books, collection: 10) {
            let facts = try till.replica.record(key).facts(Shop.lines) { till.replica.run(of: $0, in: Shop.books) }
            for fact in facts {
                guard let number = UInt64(key.id.description), let sold = sales[number], fact.value == .integer(sold) else {
                    throw Violation("till \(index): \(key) says \(fact.value)")
                }
                stated.append(number)
            }
        }
        try require(Set(stated).count == stated.count, "till \(index): a sale is stated twice, of \(stated.sorted())")
        try require(Set(stated) == till.held, "till \(index): sales \(stated.sorted()), not \(till.held.sorted())")
        let tags = try till.replica.record(Shop.note).elements(Shop.tags).entries.map(\.element)
        try require(Set(tags) == Set(till.held.map { .index($0) }), "till \(index): tags \(tags), not \(till.held.sorted())")
        let counter = try till.replica.record(Shop.item).counter(Shop.sold)
        let (sold, taken) = Self.totals(till.held, sales)
        try require(
            counter.increments <= sold && counter.decrements <= taken, "till \(index): counted \(counter), of \(sold), \(taken)"
        )
    }

    private static func totals(_ numbers: Set<UInt64>, _ sales: [UInt64: Int64]) -> (sold: UInt64, taken: UInt64) {
        let quantities = numbers.compactMap { sales[$0] }
        return (
            UInt64(quantities.filter { $0 > 0 }.reduce(0, +)), UInt64(-quantities.filter { $0 < 0 }.reduce(0, +))
        )
    }

    /// All meet until nothing moves: then all hold everything that any living disk held, and have counted it once.
    private mutating func converge() throws {
        var incarnation = lastIncarnation
        for round in 0... {
            let cuts = Set(tills.map { till in [Shop.books, Shop.stock].map { till.replica.cut(of: $0) } })
            if round > 1, cuts.count == 1 { break }
            try require(round < 8, "eight rounds do not bring all together")
            for till in tills.dropFirst() {
                let pair = [tills[0].replica, till.replica]
                try ReplicaTests.meet(pair, at: milliseconds, incarnation: &incarnation)
            }
        }
        lastIncarnation = incarnation + 2
        let all = tills.reduce(into: Set<UInt64>()) { $0.formUnion($1.held) }
        let (sold, taken) = Self.totals(all, sales)
        for index in tills.indices {
            tills[index].held = all
            try check(index)
            let replica = tills[index].replica
            let counter = try replica.record(Shop.item).counter(Shop.sold)
            try require(
                counter.increments == sold && counter.decrements == taken,
                "till \(index): counted \(counter) in the end, not \(sold), \(taken)")
            for scope in [Shop.books, Shop.stock] {
                try require(replica.cut(of: scope) == tills[0].replica.cut(of: scope), "\(scope): cuts differ in the end")
                let digest = try replica.recomputedDigest(of: scope, key: Site.digestKey)
                try require(replica.digest(of: scope) == digest, "till \(index): the digest of \(scope) drifted")
                try require(digest == tills[0].replica.digest(of: scope), "\(scope): digests differ in the end")
            }
        }
    }
}
