import CRDT
import Foundation
import Node
import Replica
import Retail
import Sync
import Testing

/// A store with several tills, each a machine of its own.
@Suite struct TillTests {
    private static let clock: @Sendable () -> Int64 = { TestChain.now }
    private let chain: TestChain
    private let tills: [String]

    init() throws {
        chain = try TestChain()
        tills = ["S001", "S001-2", "S002"].map { [chain] in chain.folder[$0] }
    }

    private func invite(_ name: String, as role: Registrar.Role) throws -> InviteToken {
        try chain.registrar { try $0.invite(name, as: role, validMilliseconds: TestChain.day, at: TestChain.now) }
    }

    /// HQ with two tills in one store and another store beside it, all of which know each other.
    private func found() throws {
        let tokens = try [("S001", Registrar.Role.store), ("S002", .store)].map { try invite($0, as: $1) }
        try run { _, port in
            for (token, path) in zip(tokens, [tills[0], tills[2]]) {
                _ = try Joining.join(token.at(try .test("127.0.0.1:\(port)")), at: path, clock: Self.clock)
            }
        }
        let second = try invite("S001-2", as: .till(of: "S001"))
        try run { _, port in
            _ = try Joining.join(second.at(try .test("127.0.0.1:\(port)")), at: tills[1], clock: Self.clock)
        }
        try meet()
    }

    private func run(_ body: (RunningNode, UInt16) throws -> Void) throws {
        let headquarters = try RunningNode(chain.path, clock: Self.clock)
        defer { headquarters.stop() }
        try body(headquarters, try #require(headquarters.port))
    }

    /// All run until nobody lacks anything.
    private func meet() throws {
        try run { headquarters, port in
            let nodes = try tills.map { try RunningNode($0, dialling: port, clock: Self.clock) }
            defer { for node in nodes { node.stop() } }
            #expect(
                try headquarters.eventually { status in
                    status.peers.count == 3 && status.peers.allSatisfy { $0.state == "in sync" }
                })
        }
    }

    private func sell(_ quantity: Int64, at path: String) throws -> Identifier {
        let directory = try ReplicaDirectory.open(at: path)
        let membership = try Membership(reading: directory.replica)
        let till = Till(member: directory.card.member, store: try #require(membership[directory.card.member]).storeNumber)
        let sku = try #require(Identifier("TEA"))
        let number = try directory.replica.perform(at: TestChain.now) { transaction in
            try transaction.edit(article: sku, [("name", .text("Tea"))], in: .drafts(of: till.store))
            return try transaction.sell(
                Sale(
                    lines: [SaleLine(sku: sku, quantity: quantity, unitPrice: 100)],
                    payments: [Payment(tender: "cash", amount: 100 * quantity)], placed: TestChain.now, year: 2026), at: till)
        }
        try directory.writeHighWater()
        return number
    }

    @Test func `tills of one store sell on their own, and hold each other's sales when they have met`() throws {
        try found()
        let numbers = try [sell(2, at: tills[0]), sell(3, at: tills[1]), sell(4, at: tills[2])]
        #expect(numbers.map { "\($0)" } == ["1-26-000001", "3-26-000001", "2-26-000001"])
        try meet()
        let tea = try #require(Identifier("TEA"))
        for path in [tills[0], tills[1], chain.path] {
            let replica = try ReplicaDirectory.open(at: path).replica
            #expect(try replica.stock(of: tea, at: 1).sold == 5)
            #expect(try numbers[..<2].map { try replica.order($0, of: 1).lines.first?.quantity } == [2, 3])
        }
        let other = try ReplicaDirectory.open(at: tills[2]).replica
        #expect(
            other.heldScopes.allSatisfy { $0.kind != .books || $0.member == 2 },
            "another store's books are none of its business")
        #expect(try other.stock(of: tea, at: 2).sold == 4)
    }

    @Test func `only its own store's books and stock are a till's`() throws {
        var access = Access()
        access[3].store = 1
        for kind in [Scope.Kind.books, .stock] {
            #expect(access.mayWrite(3, Scope(kind, of: 1)) && access.mayWrite(3, Scope(kind, of: 3)))
            #expect(access.mayRead(3, Scope(kind, of: 1)))
            #expect(!access.mayWrite(3, Scope(kind, of: 2)) && !access.mayWrite(1, Scope(kind, of: 3)))
        }
        #expect(!access.mayRead(3, Scope(.books, of: 2)) && !access.mayRead(1, Scope(.books, of: 3)))
        let interest = access.interest(of: 3, holding: [])
        for scope in [Scope(.books, of: 1), Scope(.stock, of: 1), Scope(.mailbox, of: 1), Scope(.mailbox, of: 3)] {
            #expect(interest.contains(scope))
        }
        #expect(!access.interest(of: 1, holding: []).contains(Scope(.books, of: 3)))
    }

    @Test func `a till stands in a store, and in nothing else`() throws {
        #expect(throws: RegistrarError.self) { try invite("T", as: .till(of: "S009")) }
        #expect(throws: RegistrarError.notAStore("HQ")) { try invite("T", as: .till(of: "HQ")) }
        try found()
        #expect(throws: RegistrarError.notAStore("S001-2")) { try invite("T", as: .till(of: "S001-2")) }
        #expect(try chain.membership()[3]?.store == 1)
    }
}
