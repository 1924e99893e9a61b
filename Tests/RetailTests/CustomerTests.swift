import CRDT
import Replica
import Retail
import Testing

@Suite struct CustomerTests {
    @Test func `fields are edited one by one, and an empty text is a text`() throws {
        let store = try TestMember(1)
        let customer = try identifier("C1")
        try store.perform {
            try $0.edit(
                customer: customer, [(RetailSchema.Customer.phone, "1"), (RetailSchema.Customer.tier, "gold")], at: 1)
        }
        try store.perform { try $0.edit(customer: customer, [(RetailSchema.Customer.phone, "")], at: 1) }
        let view = try store.customer("C1")
        #expect(view.id == customer)
        #expect(view.phone == "")
        #expect(view.tier == "gold")
        #expect(view.home == nil)
        #expect(view.losers.isEmpty, "what was seen and written over is no loser")
    }

    @Test func `of two concurrent edits one is shown and the other kept in sight, until somebody writes`() throws {
        let (store, other) = (try TestMember(1), try TestMember(2))
        let customer = try identifier("C1")
        try store.perform { try $0.edit(customer: customer, [(RetailSchema.Customer.home, "S1")], at: 1) }
        try other.perform { try $0.edit(customer: customer, [(RetailSchema.Customer.home, "S2")], at: 2) }
        try store.take(from: other)
        try other.take(from: store)
        let view = try store.customer("C1")
        #expect(view == (try other.customer("C1")))
        let texts = [view.home].compactMap(\.self) + view.losers.map(\.text)
        #expect(texts.sorted() == ["S1", "S2"])
        #expect(view.losers.map(\.field) == ["home"])
        try other.perform { try $0.edit(customer: customer, [(RetailSchema.Customer.home, "S3")], at: 2) }
        try store.take(from: other)
        #expect(try store.customer("C1").home == "S3")
        #expect(try store.customer("C1").losers.isEmpty)
    }

    @Test func `tags are added and removed, and one that is both in one edit stays`() throws {
        let (store, other) = (try TestMember(1), try TestMember(2))
        let (customer, vip, app) = (try identifier("C1"), try identifier("vip"), try identifier("app"))
        try store.perform { try $0.edit(customer: customer, [], adding: [vip, app], at: 1) }
        try other.take(from: store)
        try store.perform { try $0.edit(customer: customer, [], removing: [vip], at: 1) }
        #expect(try store.customer("C1").tags == [app])
        try other.perform { try $0.edit(customer: customer, [], adding: [vip], at: 2) }
        try store.take(from: other)
        #expect(try Set(store.customer("C1").tags) == [app, vip], "who adds again without having seen the removal wins")
        try store.perform { try $0.edit(customer: customer, [], adding: [app], removing: [app, vip], at: 1) }
        #expect(try store.customer("C1").tags == [app])
        try store.perform { try $0.edit(customer: customer, [], removing: [try identifier("never"), app], at: 1) }
        #expect(try store.customer("C1").tags.isEmpty)
    }

    @Test func `points are counted at each store, of either sign, and nothing is written for none`() throws {
        let (store, other) = (try TestMember(1), try TestMember(2))
        let customer = try identifier("C1")
        try store.perform { try $0.edit(customer: customer, [], points: 30, at: 1) }
        try store.perform { try $0.place(NewOrder.of("S-1", [], customer: "C1", points: -5), at: 1) }
        try other.perform { try $0.edit(customer: customer, [], points: 7, at: 2) }
        let before = store.vectors
        try store.perform { try $0.edit(customer: customer, [], points: 0, at: 1) }
        #expect(store.vectors == before)
        try store.take(from: other)
        try store.take(from: other)
        #expect(try store.points("C1") == 25)
        #expect(try store.points("C1", at: 2) == 7)
        #expect(throws: ReplicaError.self) {
            try store.perform {
                try $0.edit(customer: customer, [(RetailSchema.Customer.tier, "gold")], points: .max, at: 1)
            }
        }
        #expect(try store.customer("C1").tier == nil, "an edit is whole or not at all")
    }

    @Test func `a text beyond its limit changes nothing`() throws {
        let store = try TestMember(1)
        let long = String(repeating: "ä", count: Limits.valueBytes / 2 + 1)
        #expect(throws: ReplicaError.self) {
            try store.perform {
                try $0.edit(
                    customer: try identifier("C1"),
                    [(RetailSchema.Customer.tier, "gold"), (RetailSchema.Customer.phone, long)],
                    adding: [try identifier("vip")], points: 3, at: 1)
            }
        }
        #expect(throws: ReplicaError.self) {
            try store.perform { try $0.edit(customer: try identifier("C1"), [(99, "no such field")], at: 1) }
        }
        #expect(throws: ReplicaError.self) {
            try store.perform { try $0.edit(customer: try identifier("C1"), [(RetailSchema.Customer.tags, "no text")], at: 1) }
        }
        #expect(store.vectors.isEmpty)
    }
}
