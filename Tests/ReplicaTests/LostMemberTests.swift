import CRDT
import Replica
import Simulation
import Testing

@Suite struct `A member that is lost` {
    private let headquarters: Replica
    private let till: Replica
    private var lost: Origin { till.identity.origin }

    init() throws {
        (headquarters, till) = (try Shop.replica(0), try Shop.replica(1))
        for number in 1...3 { try till.sell(UInt64(number), 1, at: 1000) }
    }

    private func bring(_ scope: Scope, from source: Replica, to sink: Replica) throws {
        if let delta = try source.delta(scope, for: sink.cut(of: scope)) { try sink.join([delta], at: 1500) }
    }

    @Test func `what it sold counts on, also where only the facts of it have come`() throws {
        for scope in [Shop.books, Shop.stock] { try bring(scope, from: till, to: headquarters) }
        for number in 4...6 { try till.sell(UInt64(number), 10, at: 1000) }
        try bring(Shop.books, from: till, to: headquarters)
        #expect(try headquarters.soldItems == 3)
        #expect(headquarters.origins(of: 1) == [lost] && headquarters.origins(of: 2) == [])
        #expect(try headquarters.closeLost([lost], at: 2000) == 2)
        #expect(try headquarters.soldItems == 33)
        #expect(!headquarters.needsRecount && headquarters.isClosed(lost))
        let cut = headquarters.cut(of: Shop.books)
        #expect(try headquarters.closeLost([lost], at: 3000) == 0)
        #expect(headquarters.cut(of: Shop.books) == cut)
    }

    @Test func `what of it turns up after all is counted, and by an HQ that was restored, too`() throws {
        for scope in [Shop.books, Shop.stock] { try bring(scope, from: till, to: headquarters) }
        try headquarters.closeLost([lost], at: 2000)
        try till.sell(4, 10, at: 1000)
        try headquarters.reincarnate(as: 5, at: 2500)
        try headquarters.recountClosed(at: 2500)
        try bring(Shop.books, from: till, to: headquarters)
        #expect(headquarters.needsRecount)
        try headquarters.recountClosed(at: 3000)
        #expect(try headquarters.soldItems == 13)
        try bring(Shop.stock, from: till, to: headquarters)
        #expect(try headquarters.soldItems == 13)
        #expect(try headquarters.closeLost([lost], at: 3000) == 0)
    }

    @Test func `the machine in its place starts empty and gets everything back`() throws {
        for scope in [Shop.books, Shop.stock] { try bring(scope, from: till, to: headquarters) }
        try headquarters.closeLost([lost], at: 2000)
        let machine = try Shop.replica(1, machine: 2)
        try machine.sell(100, 5, at: 2500)
        var incarnation: UInt64 = 50_000
        let born = machine.identity.origin
        try meet([headquarters, machine], at: 3000, incarnation: &incarnation)
        #expect(machine.identity.origin == born && machine.closedOrigins == [lost])
        for replica in [headquarters, machine] {
            #expect(try replica.soldItems == 8)
            #expect(try replica.soldByFacts == 8)
        }
        for scope in [Shop.books, Shop.stock] {
            #expect(machine.cut(of: scope) == headquarters.cut(of: scope))
            #expect(machine.digest(of: scope) == headquarters.digest(of: scope))
        }
    }

    @Test func `one that is alive hears that it was closed, and goes on as another with all that it sold`() throws {
        for scope in [Shop.books, Shop.stock] { try bring(scope, from: till, to: headquarters) }
        try headquarters.closeLost([lost], at: 2000)
        for number in 4...6 { try till.sell(UInt64(number), 10, at: 2500) }
        let closed = lost
        var incarnation: UInt64 = 50_000
        try meet([headquarters, till], at: 3000, incarnation: &incarnation)
        #expect(till.identity.origin != closed)
        try till.sell(7, 100, at: 4000)
        try meet([headquarters, till], at: 4000, incarnation: &incarnation)
        for replica in [headquarters, till] {
            #expect(try replica.soldItems == 133)
            #expect(try replica.soldByFacts == 133)
        }
    }

    @Test func `its rights are taken over in every record, once`() throws {
        let lost = lost
        for number in 1...1200 as ClosedRange<UInt64> {
            try headquarters.apply(at: 1) { transaction in
                try transaction.changeEscrow(Shop.quota, of: Shop.coupon(number)) { record, version throws(EscrowError) in
                    try record.mint(5, in: Shop.quota, at: version)
                }
            }
        }
        try headquarters.commit()
        try bring(Shop.stock, from: headquarters, to: till)
        try ask(3, of: 1...1100)
        try bring(Shop.stock, from: till, to: headquarters)
        for number in 1...1000 as ClosedRange<UInt64> { try grant(Shop.coupon(number)) }
        try headquarters.closeLost([lost], at: 2000)
        let before = headquarters.vector(of: Shop.stock).sequence(of: headquarters.identity.origin)
        #expect(try headquarters.reclaimRights(of: [lost], at: 2000) == ReclaimedRights(records: 1000, rights: 3000))
        let after = headquarters.vector(of: Shop.stock).sequence(of: headquarters.identity.origin)
        #expect(after - before == 3, "a few hundred records a transaction")
        for number in [1, 1000, 1050, 1150] as [UInt64] {
            let escrow = try headquarters.record(Shop.coupon(number)).escrow(Shop.quota)
            #expect(escrow.rights(of: headquarters.identity.origin) == 5 && escrow.rights(of: lost) == 0)
            #expect(escrow.openRequest(of: lost, to: headquarters.identity.origin) == nil)
        }
        #expect(try headquarters.reclaimRights(of: [lost], at: 3000) == ReclaimedRights())
        #expect(headquarters.vector(of: Shop.stock).sequence(of: headquarters.identity.origin) == after)
    }

    private func ask(_ amount: UInt64, of numbers: ClosedRange<UInt64>) throws {
        let grantor = headquarters.identity.origin
        try till.perform(at: 1) { transaction in
            for number in numbers {
                try transaction.changeEscrow(Shop.quota, of: Shop.coupon(number)) { record, version throws(EscrowError) in
                    try record.requestRights(amount, from: grantor, of: Shop.quota, at: version)
                }
            }
        }
    }

    private func grant(_ key: RecordKey) throws {
        let requester = lost
        _ = try headquarters.apply(at: 1) { transaction in
            try transaction.changeEscrow(Shop.quota, of: key) { record, version throws(EscrowError) in
                try record.grantRights(to: requester, of: Shop.quota, keeping: 0, at: version)
            }
        }
    }

    @Test func `power may fail at any moment of closing it`() throws {
        var random = SeededRandom(seed: 1)
        var point = 0
        while true {
            let disk = SimulatedDisk()
            let registrar = try Shop.replica(0, on: disk)
            try bring(Shop.stock, from: till, to: registrar)
            try till.sell(UInt64(100 + point), 1, at: 1000)
            try bring(Shop.books, from: till, to: registrar)
            disk.arm(DiskFault(.powerLoss, after: point, of: DiskOperation.changes))
            let closed = Result { try registrar.closeLost([lost], at: 2000) }
            if disk.isPowered {
                #expect(try closed.get() == 2)
                break
            }
            for survival in [Survival.nothing, .tornPrefix, .sectors] {
                let left = SimulatedDisk(disk.powerCut(keeping: survival, using: &random))
                let found = try withExtendedLifetime(left) {
                    try Replica.open(at: "replica.db", Shop.parameters(left, run: 9))
                }
                #expect(found.isClosed(lost) || !found.needsRecount, "both or neither")
                let written = try found.closeLost([lost], at: 3000)
                #expect(written == 0 || written == 2)
                #expect(try found.soldItems == found.soldByFacts)
                #expect(!found.needsRecount)
            }
            point += 1
        }
        #expect(point > 10)
    }
}
