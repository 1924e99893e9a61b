import CRDT
import Replica
import Retail
import Testing

@Suite struct StockTests {
    @Test func `goods in a customer's hand are sold, though none should be there`() throws {
        let store = try TestMember(1)
        try store.perform { try $0.place(NewOrder.of("S-1", [("P1", 7)]), at: 1) }
        #expect(try store.stock("P1").onHand == -7)
        try store.perform { try $0.receive(try identifier("R-1"), received: 5, [(try identifier("P1"), 10)], at: 1) }
        let stock = try store.stock("P1")
        #expect((stock.sold, stock.received, stock.onHand) == (7, 10, 3))
        #expect(stock.sku == (try identifier("P1")) && stock.store == 1)
    }

    @Test func `two replicas that move one shelf's stock lose no movement and double none`() throws {
        let (store, headquarters) = (try TestMember(1), try TestMember(0))
        for round in 0..<3 {
            try store.perform {
                try $0.place(NewOrder.of("S-\(round)", [("P1", 2)]), at: 1)
                try $0.receive(
                    try identifier("R-\(round)"), received: 5, [(try identifier("P1"), 5), (try identifier("P1"), 5)], at: 1)
            }
            try headquarters.perform { try $0.place(NewOrder.of("H-\(round)", [("P1", 1)]), at: 1) }
            try headquarters.take(from: store)
            try headquarters.take(from: store)
            try store.take(from: headquarters)
        }
        for member in [store, headquarters] {
            #expect(try member.stock("P1").sold == 9)
            #expect(try member.stock("P1").received == 30)
            #expect(try member.stock("P1", at: 0).sold == 0, "each store has a shelf of its own")
        }
    }

    @Test func `goods that come back raise the stock by as much`() throws {
        let store = try TestMember(1)
        try store.perform { try $0.place(NewOrder.of("S-1", [("P1", 3), ("P1", -2)]), at: 1) }
        #expect(try store.stock("P1").sold == 1)
    }

    @Test func `a receipt's number is given once`() throws {
        let store = try TestMember(1)
        try store.perform { try $0.receive(try identifier("R-1"), received: 5, [(try identifier("P1"), 4)], at: 1) }
        let before = store.vectors
        #expect(throws: RetailError.exists(RetailSchema.receipt(try identifier("R-1"), of: 1))) {
            try store.perform { try $0.receive(try identifier("R-1"), received: 6, [(try identifier("P1"), 4)], at: 1) }
        }
        #expect(store.vectors == before)
        #expect(try store.stock("P1").received == 4)
        // Another store's receipts are numbered by themselves.
        try store.perform { try $0.receive(try identifier("R-1"), received: 6, [(try identifier("P1"), 4)], at: 2) }
        #expect(try store.stock("P1", at: 2).received == 4)
    }

    @Test func `an empty receipt is a receipt`() throws {
        let store = try TestMember(1)
        try store.perform { try $0.receive(try identifier("R-1"), received: 5, [], at: 1) }
        #expect(throws: RetailError.self) {
            try store.perform { try $0.receive(try identifier("R-1"), received: 5, [], at: 1) }
        }
    }

    @Test(arguments: [1, -1])
    func `a counter that would overflow is refused before anything is written`(_ sign: Int64) throws {
        let store = try TestMember(1)
        let most = Int64(Limits.magnitude)
        try store.perform { try $0.place(NewOrder.of("S-1", [("P1", sign * most)]), at: 1) }
        let before = store.vectors
        for quantity in [sign, sign * most, sign > 0 ? .max : .min] {
            #expect(throws: ReplicaError.self) {
                try store.perform { try $0.place(NewOrder.of("S-2", [("P2", 1), ("P1", quantity)]), at: 1) }
            }
            #expect(throws: ReplicaError.self) {
                try store.perform { transaction in
                    // Not even whoever looks away gets one half of an order written.
                    try? transaction.place(NewOrder.of("S-2", [("P2", 1), ("P1", quantity)]), at: 1)
                }
            }
        }
        #expect(store.vectors == before)
        #expect(try store.stock("P1").onHand == -sign * most)
        #expect(try store.stock("P2").sold == 0)
        #expect(try store.order("S-2").total == nil)
        // The other way there is room.
        try store.perform { try $0.place(NewOrder.of("S-3", [("P1", -sign)]), at: 1) }
        #expect(try store.stock("P1").onHand == -sign * (most - 1))
    }
}
