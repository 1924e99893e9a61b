import CRDT
import Replica
import Simulation
import Testing

@Suite struct `Backups and what they bring back` {
    private let disk = SimulatedDisk()
    private let till: Replica
    private let headquarters: Replica

    init() throws {
        till = try Shop.replica(1, on: disk)
        headquarters = try Shop.replica(0)
    }

    private func meetAll(_ replicas: [Replica], at time: Int64) throws {
        var incarnation: UInt64 = UInt64(time) * 100
        try meet(replicas, at: time, incarnation: &incarnation)
    }

    /// The till as its backup has it, on another disk.
    private func backUp(run: UInt64) throws -> Replica {
        try till.backUp(to: "backup.db", vfs: disk.vfsName)
        let copy = SimulatedDisk(disk.image)
        return try withExtendedLifetime(copy) { try Replica.open(at: "backup.db", Shop.parameters(copy, run: run)) }
    }

    @Test func `a backup is of one moment, sound, and writes nothing before its new incarnation`() throws {
        try till.sell(1, 5, at: 1000)
        let backup = try backUp(run: 77)
        try till.sell(2, 5, at: 1000)
        try backup.verify()
        #expect(backup.isCopy)
        #expect(try backup.soldItems == 5)
        #expect(throws: ReplicaError.incarnationClosed(till.identity.origin)) { try backup.sell(3, 5, at: 2000) }
        try backup.reincarnate(as: 4711, at: 2000)
        #expect(!backup.isCopy)
        try backup.sell(3, 5, at: 2000)
        #expect(try backup.soldItems == 10)
    }

    @Test func `what was removed after a backup does not come back with it`() throws {
        let tag = try #require(Identifier("tag"))
        try till.sell(1, 1, at: 1000)
        try meetAll([headquarters, till], at: 1500)
        // Two transactions that HQ hears of in one delta: it knows no hash of the chain between them.
        try till.perform(at: 2000) { try $0.insert(.identifier(tag), into: Shop.tags, of: Shop.note) }
        let backup = try backUp(run: 77)
        try till.perform(at: 2500) { try $0.remove(Shop.tags, .identifier(tag), of: Shop.note) }
        try meetAll([headquarters, till], at: 3000)
        try backup.reincarnate(as: 4711, at: 3500)
        try meetAll([headquarters, backup], at: 4000)
        #expect(try headquarters.record(Shop.note).elements(Shop.tags).entries.isEmpty)
        #expect(try backup.record(Shop.note).elements(Shop.tags).entries.isEmpty)
        #expect(headquarters.digest(of: Shop.books) == backup.digest(of: Shop.books))
    }

    /// Its last transactions were written again, because headquarters knew no hash among them.
    @Test func `an older copy of the disk that wrote nothing brings nothing back that was removed`() throws {
        let tag = Element.identifier(try #require(Identifier("tag")))
        for number in 1...2 { try till.sell(UInt64(number), 1, at: 1000) }
        try till.perform(at: 1000) { try $0.insert(tag, into: Shop.tags, of: Shop.note) }
        let copy = SimulatedDisk(disk.image)
        try till.sell(3, 1, at: 2000)
        try till.perform(at: 2000) { try $0.remove(Shop.tags, tag, of: Shop.note) }
        try meetAll([headquarters, till], at: 2500)
        let restored = try Shop.copy(copy, run: 77)
        try meetAll([headquarters, restored], at: 3000)
        #expect(try restored.record(Shop.note).elements(Shop.tags).entries.isEmpty)
        #expect(restored.vector(of: Shop.books).sequence(of: till.identity.origin) == 5)
        #expect(try restored.soldItems == 3)
        try restored.sell(4, 1, at: 4000)
        try meetAll([headquarters, restored], at: 4500)
        #expect(try headquarters.soldItems == 4)
        #expect(try headquarters.soldByFacts == 4)
    }

    @Test func `what a closed incarnation gave to others is not written again when it comes back from them`() throws {
        let empty = SimulatedDisk(disk.image)
        let neighbour = try Shop.replica(2)
        for number in 1...3 { try till.sell(UInt64(number), 1, at: 1000) }
        try meetAll([neighbour, till], at: 1500)
        for number in 4...5 { try till.sell(UInt64(number), 1, at: 2000) }
        try meetAll([headquarters, till], at: 2500)
        let restored = try Shop.copy(empty, run: 77)
        try restored.reincarnate(as: 4711, at: 3000)
        try restored.pull(from: headquarters, at: 3000, incarnation: 4800)
        let settled = try restored.settlePast(
            in: Shop.books, peer: neighbour.cut(of: Shop.books), incarnation: 4900, at: 3500
        ) { try neighbour.knowledge(of: $0, in: Shop.books) }
        #expect(!settled)
        #expect(restored.vector(of: Shop.books).sequence(of: till.identity.origin) == 5)
        #expect(try restored.soldItems == 5)
    }

    /// A clone of the till, restored, with both branches at HQ, just before it learns the other one.
    private func cloneThatMustRecount() throws -> (clone: Replica, disk: SimulatedDisk) {
        for number in 1...2 { try till.sell(UInt64(number), 1, at: 1000) }
        try meetAll([headquarters, till], at: 1500)
        try till.checkpoint()
        let cloneDisk = SimulatedDisk(disk.image)
        let clone = try withExtendedLifetime(cloneDisk) {
            try Replica.open(at: "replica.db", Shop.parameters(cloneDisk, run: 77))
        }
        for number in 3...4 { try till.sell(UInt64(number), 1, at: 2000) }
        for number in 5...7 { try clone.sell(UInt64(number), 10, at: 2000) }
        try meetAll([headquarters, till], at: 2500)
        for scope in [Shop.books, Shop.stock] {
            try clone.settlePast(in: scope, peer: headquarters.cut(of: scope), incarnation: 4711, at: 3000) {
                try headquarters.knowledge(of: $0, in: scope)
            }
        }
        try clone.recountClosed(at: 3000)
        #expect(!clone.needsRecount)
        return (clone, cloneDisk)
    }

    @Test func `a recount that is due is still due after a restart`() throws {
        let (clone, cloneDisk) = try cloneThatMustRecount()
        for scope in [Shop.books, Shop.stock] {
            let delta = try #require(try headquarters.delta(scope, for: clone.cut(of: scope)))
            try clone.join([delta], at: 3000)
        }
        #expect(clone.needsRecount)
        try clone.checkpoint()
        let reopened = try Shop.copy(cloneDisk, run: 78)
        #expect(reopened.needsRecount)
        try reopened.recountClosed(at: 4000)
        #expect(try reopened.soldItems == 34)
        #expect(try reopened.soldByFacts == 34)
        try reopened.checkpoint()
        #expect(!reopened.needsRecount)
    }

    @Test func `a large cut that is folded in calls for a recount, too`() throws {
        let (clone, _) = try cloneThatMustRecount()
        for scope in [Shop.books, Shop.stock] {
            let delta = try #require(try headquarters.delta(scope, for: clone.cut(of: scope)))
            _ = try clone.stage(delta.header)
            try clone.stage(delta.records, in: scope)
            try clone.publish(scope)
            while try clone.fold(at: 3000) {}
        }
        #expect(clone.needsRecount)
        try clone.recountClosed(at: 4000)
        #expect(try clone.soldItems == 34)
    }

    @Test func `an incarnation is closed and the next one begun, or neither, wherever the power goes`() throws {
        for number in 1...3 { try till.sell(UInt64(number), 1, at: 1000) }
        let old = till.identity.origin
        var random = SeededRandom(seed: 1)
        var (isDone, before, after) = (false, 0, 0)
        var passes = 0
        while !isDone {
            let twin = SimulatedDisk(disk.image)
            try withExtendedLifetime(twin) {
                let replica = try Replica.open(at: "replica.db", Shop.parameters(twin, run: 5))
                twin.arm(DiskFault(.powerLoss, after: passes))
                do {
                    try replica.reincarnate(as: 4711, at: 2000)
                    isDone = true
                } catch {
                    #expect(replica.identity.origin == old)
                }
            }
            let left = SimulatedDisk(twin.powerCut(keeping: Survival.allCases[passes % 6], using: &random))
            try withExtendedLifetime(left) {
                let replica = try Replica.open(at: "replica.db", Shop.parameters(left, run: 6))
                let isNew = replica.identity.origin != old
                #expect(replica.closedOrigins == (isNew ? [old] : []))
                #expect(replica.needsRecount == isNew)
                if isNew { after += 1 } else { before += 1 }
            }
            passes += 1
        }
        #expect(before > 3 && after > 0)
    }

    @Test func `whoever is given a whole state keeps telling of removals that not everybody has seen`() throws {
        let tag = try #require(Identifier("tag"))
        let neighbour = try Shop.replica(2)
        try headquarters.perform(at: 1000) { try $0.insert(.identifier(tag), into: Shop.tags, of: Shop.note) }
        try meetAll([headquarters, till, neighbour], at: 1500)
        // While the till is away, the others go on, and forget what all but the till have seen.
        try headquarters.sell(1, 1, at: 2000)
        try meetAll([headquarters, neighbour], at: 2000)
        try headquarters.advanceHorizon(
            of: Shop.books, acknowledged: [neighbour.vector(of: Shop.books)], at: 2500)
        try meetAll([headquarters, neighbour], at: 2500)
        try till.perform(at: 3000) { try $0.remove(Shop.tags, .identifier(tag), of: Shop.note) }
        let removal = try #require(try till.delta(Shop.books, for: neighbour.cut(of: Shop.books)))
        try neighbour.join([removal], at: 3500)
        let whole = try #require(try neighbour.delta(Shop.books, for: till.cut(of: Shop.books)))
        #expect(whole.header.reach == .wholeState)
        try till.join([whole], at: 3500)
        try headquarters.join([try #require(try till.delta(Shop.books, for: headquarters.cut(of: Shop.books)))], at: 4000)
        #expect(try headquarters.record(Shop.note).elements(Shop.tags).entries.isEmpty)
        #expect(headquarters.cut(of: Shop.books) == till.cut(of: Shop.books))
        #expect(headquarters.digest(of: Shop.books) == till.digest(of: Shop.books))
    }
}
