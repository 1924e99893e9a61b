import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

/// What a desk has read for one session serves the next one only as long as it is all that the next one lacks.
@Suite struct RecentDeltaTests {
    private let end: SessionEnd
    private var desk: ReplicaDesk { end.server.desk }

    init() throws {
        end = try SessionEnd(0)
    }

    private func write(_ name: String, to member: UInt32) throws {
        try end.replica.perform(at: 1) {
            try $0.set(RetailSchema.Member.name, of: RetailSchema.member(member), to: .text(name))
        }
    }

    /// What a peer at a cut of `chain` is told.
    private func extract(for cut: Cut) throws -> [Delta] {
        let answer = try desk.serve(.extract([.chain: cut]), from: 7, incarnation: 1, at: 1) { _, _ in false }
        guard case .extracted(let deltas, let large, let refused, _) = answer else { return [] }
        #expect(large.isEmpty && refused.isEmpty)
        return deltas
    }

    @Test func `those who stand alike are told the same, and whoever stands elsewhere what he lacks`() throws {
        try write("one", to: 1)
        let early = end.replica.cut(of: .chain)
        try write("two", to: 2)
        let first = try extract(for: Cut())
        let all = try #require(try end.replica.delta(.chain, for: Cut()))
        #expect(first == [all])
        #expect(try extract(for: Cut()) == first)
        let second = try extract(for: early)
        #expect(second.flatMap(\.records).map(\.key) == [RetailSchema.member(2)])
        #expect(try extract(for: early) == second)
        #expect(try extract(for: end.replica.cut(of: .chain)).isEmpty)
    }

    @Test func `after the scope has moved on everything is read anew`() throws {
        try write("one", to: 1)
        let first = try extract(for: Cut())
        try write("renamed", to: 1)
        let second = try extract(for: Cut())
        #expect(first != second)
        let all = try #require(try end.replica.delta(.chain, for: Cut()))
        #expect(second == [all])
    }

    @Test func `what is joined from others counts as moving on`() throws {
        let other = try SessionEnd(5)
        let (scope, order) = (Scope(.customers), RetailSchema.customer(Identifier(number: 9, digits: 4)))
        for (index, replica) in [end.replica, other.replica].enumerated() {
            try replica.perform(at: 1) { try $0.set(RetailSchema.Customer.tier, of: order, to: .text("\(index)")) }
        }
        let before = try cuts(of: scope)
        let delta = try #require(try other.replica.delta(scope, for: Cut()))
        try end.replica.join([delta], at: 1)
        #expect(before.count == 1)
        #expect(try cuts(of: scope) == [end.replica.cut(of: scope)])
        #expect(try cuts(of: scope) != before)
    }

    /// Of what somebody who holds nothing is told.
    private func cuts(of scope: Scope) throws -> [Cut] {
        let answer = try desk.serve(.extract([scope: Cut()]), from: 7, incarnation: 1, at: 1) { _, _ in false }
        guard case .extracted(let deltas, _, _, _) = answer else { return [] }
        return deltas.map(\.header.cut)
    }

    @Test func `the last few are kept, however many there were`() throws {
        var cuts = [Cut()]
        for member in 1...20 as ClosedRange<UInt32> {
            try write("M\(member)", to: member)
            cuts.append(end.replica.cut(of: .chain))
        }
        for _ in 1...2 {
            for (index, cut) in cuts.enumerated() {
                #expect(try extract(for: cut).flatMap(\.records).count == 20 - index)
            }
        }
    }
}
