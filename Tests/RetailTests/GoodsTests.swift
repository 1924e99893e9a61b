import CRDT
import Replica
import Retail
import Testing

/// Goods that move besides sales: in at the door, out as waste, between stores.
@Suite struct GoodsTests {
    private func lines(_ lines: (String, Int64)...) throws -> [StockLine] {
        try lines.map { StockLine(sku: try identifier($0.0), quantity: $0.1) }
    }

    private func meet(_ members: TestMember...) throws {
        for one in members { for other in members where one !== other { try one.take(from: other) } }
    }

    @Test func `what was counted at the door is on the shelf, and what differs from the note shows`() throws {
        let store = try TestShop().store(1)
        let number = try store.perform {
            try $0.receive(
                GoodsReceipt(
                    lines: lines(("TEA", 10), ("TEA", 5), ("APPLE", 900)),
                    expected: lines(("TEA", 15), ("APPLE", 1000), ("SHIRT-M", 1)),
                    supplier: identifier("ACME"), reference: "DN 7", received: TestShop.noon, year: 2026), at: Till(1))
        }
        #expect("\(number)" == "R.1-26-000001")
        let view = try store.replica.goodsReceipt(number, of: 1)
        #expect(try view.differences == lines(("APPLE", -100), ("SHIRT-M", -1)).sorted { $0.sku < $1.sku })
        #expect(view.reference == "DN 7" && view.received == TestShop.noon)
        #expect(try [store.stock("TEA").onHand, store.stock("APPLE").onHand, store.stock("SHIRT-M").onHand] == [15, 900, 0])
        let bad = GoodsReceipt(lines: try lines(("TEA", 1), ("NONE", 1)), received: TestShop.noon, year: 2026)
        #expect(try store.refusal { _ = try $0.receive(bad, at: Till(1)) }?.field == "lines[1].sku")
        let none = GoodsReceipt(lines: try lines(("TEA", 0)), received: TestShop.noon, year: 2026)
        #expect(try store.refusal { _ = try $0.receive(none, at: Till(1)) }?.field == "lines[0].quantity")
        let early = GoodsReceipt(lines: try lines(("TEA", 1)), received: -1, year: 2026)
        #expect(try store.refusal { _ = try $0.receive(early, at: Till(1)) }?.field == "received")
    }

    // MARK: Write-offs

    private func broken(_ quantity: Int64, approver: String? = nil, mayWait: Bool = false) throws -> WriteOff {
        WriteOff(
            lines: [.init(sku: try identifier("TEA"), quantity: quantity, reason: .broken)], clerk: try identifier("ann"),
            approver: try approver.map(identifier), mayWait: mayWait, written: TestShop.noon, year: 2026)
    }

    @Test func `what is broken is gone at once, and above the limit somebody has to agree`() throws {
        let shop = try TestShop()
        try shop.headquarters.perform {
            try $0.edit(RetailSchema.settingsKey, by: .settings, [("write_off_limit", .integer(1000))])
        }
        let store = try shop.store(1)
        let small = try store.perform { try $0.writeOff(broken(2), at: Till(1)) }
        #expect(try store.replica.writeOff(small, of: 1).status == nil)
        #expect(try store.replica.writeOff(small, of: 1).lines.first?.worth == 700)
        #expect(try store.refusal { _ = try $0.writeOff(try broken(3), at: Till(1)) }?.code == "needs-approval")
        let agreed = try store.perform { try $0.writeOff(broken(3, approver: "boss"), at: Till(1)) }
        #expect(try store.replica.writeOff(agreed, of: 1).status == .approved)
        let waiting = try store.perform { try $0.writeOff(broken(4, mayWait: true), at: Till(1)) }
        #expect(try store.replica.writeOff(waiting, of: 1).status == .proposed)
        #expect(try store.stock("TEA").onHand == -9)
        let boss = try identifier("boss")
        #expect(try store.refusal { try $0.decide(writeOff: small, of: 1, as: .approved, by: boss) }?.code == "decided")
        #expect(
            try store.refusal { try $0.decide(writeOff: try identifier("W.1-26-000099"), of: 1, as: .approved, by: boss) }?.code
                == "unknown-write-off")
        try shop.headquarters.take(from: store)
        try shop.headquarters.perform { try $0.decide(writeOff: waiting, of: 1, as: .rejected, by: identifier("hq")) }
        try store.perform { try $0.decide(writeOff: waiting, of: 1, as: .approved, by: boss) }
        try meet(store, shop.headquarters)
        for member in [store, shop.headquarters] {
            #expect(try member.replica.writeOff(waiting, of: 1).status == .rejected, "of two decisions the no stands")
            #expect(try member.stock("TEA").onHand == -9, "the shelf is as it is")
        }
    }

    // MARK: Transfers

    private func dispatch(_ from: TestMember, to receiver: UInt32, _ goods: (String, Int64)...) throws -> Identifier {
        let lines = try goods.map { StockLine(sku: try identifier($0.0), quantity: $0.1) }
        return try from.perform {
            try $0.dispatch(Dispatch(to: receiver, lines: lines, dispatched: TestShop.noon, year: 2026), at: Till(from.number))
        }
    }

    private func takeIn(_ to: TestMember, _ number: Identifier, _ goods: [StockLine], isLast: Bool = true) throws {
        try to.perform { try $0.takeIn(transfer: number, to: to.number, goods, received: TestShop.noon, isLast: isLast) }
    }

    /// On hand at both, and in transit.
    private func teas(_ member: TestMember, _ number: Identifier) throws -> [Int64] {
        let transit = try member.replica.transfer(number, to: 2).inTransit.map(\.quantity).sum
        return try [member.stock("TEA", at: 1).onHand, transit, member.stock("TEA", at: 2).onHand]
    }

    @Test func `what leaves one store is in transit until it is in the other, and none is lost on the way`() throws {
        let shop = try TestShop()
        let (one, other) = (try shop.store(1), try shop.store(2))
        let number = try dispatch(one, to: 2, ("TEA", 10))
        #expect("\(number)" == "T.1-26-000001")
        #expect(try teas(one, number) == [-10, 10, 0])
        try other.take(from: one)
        #expect(try other.replica.transfer(number, to: 2).sender == 1)
        try takeIn(other, number, lines(("TEA", 4)), isLast: false)
        #expect(try teas(other, number) == [-10, 6, 4])
        try takeIn(other, number, lines(("TEA", 6)))
        try meet(one, other, shop.headquarters)
        for member in [one, other, shop.headquarters] {
            #expect(try teas(member, number) == [-10, 0, 10])
            #expect(try member.replica.transfer(number, to: 2).differences.isEmpty)
        }
        #expect(try other.refusal { try $0.settle(transfer: number, to: 2, as: .lost) }?.code == "nothing-to-settle")
        #expect(
            try other.refusal { try $0.takeIn(transfer: number, to: 2, lines(("TEA", 1)), received: 0, isLast: true) }?.code
                == "status-does-not-follow")
    }

    @Test func `goods that come before word of them are taken in by the number on the paper`() throws {
        let shop = try TestShop()
        let (one, other) = (try shop.store(1), try shop.store(2))
        let number = try dispatch(one, to: 2, ("TEA", 10))
        try takeIn(other, number, lines(("TEA", 10)))
        #expect(try other.stock("TEA", at: 2).onHand == 10)
        #expect(try other.replica.transfer(number, to: 2).sender == nil)
        try meet(one, other, shop.headquarters)
        for member in [one, other, shop.headquarters] {
            #expect(try teas(member, number) == [-10, 0, 10])
            #expect(try member.replica.transfer(number, to: 2).status == .arrived)
        }
        #expect(
            try other.refusal {
                try $0.takeIn(transfer: try identifier("NO-1"), to: 2, lines(("TEA", 1)), received: 0, isLast: true)
            }?.code == "unknown-transfer")
    }

    @Test func `a transfer that is received short stays in sight until somebody says what became of the rest`() throws {
        let shop = try TestShop()
        let (one, other) = (try shop.store(1), try shop.store(2))
        let number = try dispatch(one, to: 2, ("TEA", 10), ("SHIRT-M", 1))
        try other.take(from: one)
        try takeIn(other, number, lines(("TEA", 8), ("SHIRT-L", 1)))
        try meet(one, other)
        let view = try one.replica.transfer(number, to: 2)
        #expect(try view.differences == lines(("SHIRT-L", 1), ("SHIRT-M", -1), ("TEA", -2)).sorted { $0.sku < $1.sku })
        #expect(try teas(one, number)[1] == 2, "still owed: the sender answers for it")
        try one.perform { try $0.settle(transfer: number, to: 2, as: .notSent) }
        try other.perform { try $0.settle(transfer: number, to: 2, as: .lost) }
        try meet(one, other)
        for member in [one, other] {
            let view = try member.replica.transfer(number, to: 2)
            #expect(view.status == .settled && view.inTransit.isEmpty)
            let outcome = try member.replica.record(RetailSchema.transfer(number, to: 2)).register(
                SlotKey(field: RetailSchema.Transfer.outcome))
            #expect(outcome?.losers.count == 1, "two islands said different things, and both are in sight")
            #expect(try teas(member, number) == [-10, 0, 8], "saying so moves nothing")
        }
    }

    @Test func `a bad transfer is refused`() throws {
        let store = try TestShop().store(1)
        func code(_ receiver: UInt32, _ lines: [StockLine]) throws -> String? {
            let goods = Dispatch(to: receiver, lines: lines, dispatched: TestShop.noon, year: 2026)
            return try store.refusal { _ = try $0.dispatch(goods, at: Till(1)) }?.code
        }
        #expect(try code(1, lines(("TEA", 1))) == "to-itself")
        #expect(try code(2, lines(("NONE", 1))) == "unknown-article")
        #expect(try code(2, lines(("TEA", -1))) == "out-of-range")
        #expect(try code(2, []) == "line-count")
        #expect(try code(2, Array(repeating: StockLine(sku: identifier("TEA"), quantity: 1), count: 401)) == "line-count")
    }

    @Test func `limits are within each other`() throws {
        let store = try TestShop().store(1)
        let tea = try identifier("TEA")
        func code(_ low: Int64?, _ high: Int64?) throws -> String? {
            try store.refusal { try $0.setLimits(of: tea, at: 1, low: low, high: high) }?.code
        }
        #expect(try [code(5, 5), code(-1, nil), code(nil, .max)] == ["limits-cross", "out-of-range", "out-of-range"])
        try store.perform { try $0.setLimits(of: tea, at: 1, low: 2, high: 50) }
        #expect(
            try store.refusal { try $0.setLimits(of: try identifier("NONE"), at: 1, low: 1, high: nil) }?.code
                == "unknown-article")
    }
}

extension [Int64] {
    fileprivate var sum: Int64 { reduce(0, +) }
}
