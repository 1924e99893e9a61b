import Simulation
import Sync
import Testing

@Suite struct DialPlanTests {
    private var random = SeededRandom(seed: 4)

    private static func turn(
        _ plan: inout DialPlan<String>, _ index: Int, by random: inout SeededRandom, _ access: Access = Access(),
        connected: Set<UInt32> = []
    ) -> DialPlan<String>.Turn {
        plan.turn(of: index, access, isConnected: { connected.contains($0) }, &random)
    }

    @Test mutating func `who is named is dialled, and again after it has failed`() {
        var plan = DialPlan<String>([("a:1", nil), ("b:1", 5)])
        #expect(Self.turn(&plan, 0, by: &random) == .dial)
        #expect(Self.turn(&plan, 0, by: &random) == .busy)
        #expect(Self.turn(&plan, 1, by: &random, connected: [5]) == .dial, "somebody wants just this line")
        var waits: [Int64] = []
        for _ in 0..<40 {
            waits.append(plan.ended(0, at: 0, &random))
            #expect(Self.turn(&plan, 0, by: &random) == .dial)
        }
        #expect(waits.allSatisfy { 500...30_000 ~= $0 })
        #expect(waits[0] <= 1_500 && (waits.max() ?? 0) > 10_000, "\(waits)")
        #expect(plan.targets[0].failures == 40)
        plan.opened(0, at: 0)
        #expect(plan.targets[0].failures == 0)
        // A session that ends soon is a failure like others.
        _ = plan.ended(0, at: 29_999, &random)
        #expect(plan.targets[0].failures == 41)
        plan.opened(0, at: 0)
        #expect(plan.ended(0, at: 30_000, &random) <= 1_500)
        #expect(plan.targets[0].failures == 1)
    }

    @Test(arguments: [
        SessionError.version(theirs: 2, ours: 1), .otherChain, .ended(code: 1, detail: ""),
    ])
    mutating func `where a person must do something first it is dialled seldom`(_ error: SessionError) {
        var plan = DialPlan<String>([("a:1", nil)])
        for _ in 0..<20 {
            _ = Self.turn(&plan, 0, by: &random)
            #expect(150_000...300_000 ~= plan.ended(0, at: 0, because: error, &random))
        }
        // Whoever was updated may lose its line like others.
        #expect(plan.ended(0, at: 0, because: .lost, &random) <= 30_000)
        #expect(plan.ended(0, at: 0, because: .ended(code: 0, detail: ""), &random) <= 30_000)
        // A revocation may be taken back at any moment.
        #expect(plan.ended(0, at: 0, because: .revoked(member: 3), &random) <= 30_000)
    }

    @Test mutating func `headquarters are dialled where the chain says, and named ones where they are named`() {
        var plan = DialPlan<String>([("near:1", 0)])
        #expect(plan.learn([(member: 0, address: "far:1"), (member: 4, address: "c:1")]) == 1..<2)
        #expect(plan.targets.map(\.address) == ["near:1", "c:1"])
        #expect(plan.learn([(member: 4, address: "d:1")]).isEmpty)
        #expect(plan.targets.map(\.address) == ["near:1", "d:1"])
    }

    @Test mutating func `whom the chain names is left alone while it is connected, and while it may not sync`() throws {
        var plan = DialPlan<String>([])
        _ = plan.learn([(member: 4, address: "c:1")])
        guard case .wait(let first) = Self.turn(&plan, 0, by: &random, connected: [4]) else { throw Missing() }
        #expect(500...1_500 ~= first)
        var access = Access()
        access[4].isRevoked = true
        guard case .wait = Self.turn(&plan, 0, by: &random, access) else { throw Missing() }
        #expect(Self.turn(&plan, 0, by: &random) == .dial)
    }
}
