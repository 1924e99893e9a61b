/// A run in which somebody decides while it goes on: what a scenario asks for comes in its time, and besides whatever is typed.
///
/// Oracles look at every step as in any other run. With the first violation it is over, as it is once all has settled. What has
/// happened until then is a plan (`played`) that plays again without anybody.
public final class SteeredRun {
    public private(set) var finding: RunReport.Finding?
    /// It was played to its end, and everybody agrees.
    public private(set) var isSettled = false
    let laboratory: Laboratory
    private let plan: Plan
    /// When work and faults were ended.
    private var end: Int64?

    public init(_ scenario: Scenario, seed: UInt64) throws {
        plan = Plan(scenario, seed: seed)
        laboratory = try Laboratory(plan)
    }

    public var isOver: Bool { finding != nil || isSettled }

    /// Milliseconds since the run began.
    public var now: Int64 { laboratory.world.now }

    public var seed: UInt64 { plan.seed }

    public var transactions: Int { laboratory.journal.transactionCount }

    /// What has come of it so far.
    public var report: RunReport { RunReport(plan, laboratory, finding) }

    /// How many acts were done, planned ones too.
    public var acts: Int { laboratory.played.count }

    /// - Parameter text: one line.
    /// - Returns: nil if nothing was typed but spaces or what begins with a `#`.
    public func command(_ text: String) throws(SteeringError) -> SteeringCommand? {
        var line = SteeringLine(text, in: plan)
        return try line.command()
    }

    /// Lets time go on, with what the scenario has planned for it.
    ///
    /// - Parameter checking: whether to go on; asked before each planned act.
    /// - Throws: what `checking` throws.
    public func run(for milliseconds: Int64, checking: () throws -> Void = {}) throws {
        try look { try laboratory.play(until: now + milliseconds, checking) }
    }

    /// Lets something happen now.
    ///
    /// - Returns: how many of the acts had an effect.
    @discardableResult
    public func perform(_ acts: [any Act]) throws -> Int {
        var count = 0
        try look {
            for act in acts {
                // As whoever plays the list of them does.
                try laboratory.world.run(until: now)
                if try laboratory.perform(PlannedEvent(act, at: now)) { count += 1 }
                try laboratory.world.throwTrouble()
            }
        }
        return count
    }

    /// Makes lines as good as new.
    ///
    /// - Parameter line: which one; all, if it is nil.
    /// - Returns: how many were not, one way or both.
    @discardableResult
    public func heal(_ line: (one: Int, other: Int)?) throws -> Int {
        var pairs = laboratory.world.nodes.indices.flatMap { one in (0..<one).map { (one, $0) } }
        if let line { pairs = [(line.one, line.other)] }
        let acts = pairs.flatMap { one, other in healing(from: one, to: other) + healing(from: other, to: one) }
        try perform(acts)
        return pairs.count { one, other in acts.contains { $0.nodes == [one, other] || $0.nodes == [other, one] } }
    }

    /// What makes a line whole one way: each fault that has cut it has to end.
    private func healing(from: Int, to: Int) -> [any Act] {
        let (condition, usual) = (laboratory.world.condition(from: from, to: to), LineCondition())
        guard condition != usual else { return [] }
        let uncut = Array(
            repeating: ChangeLine(from: from, to: to, cut: false), count: laboratory.cutCount(from: from, to: to))
        var good = usual
        good.isCut = condition.isCut
        guard good != condition else { return uncut }
        let mended = ChangeLine(
            from: from, to: to, delayMilliseconds: usual.delay, bytesPerSecond: usual.bytesPerSecond,
            largestPart: usual.largestPart, bytesPerFlippedBit: usual.bytesPerFlippedBit)
        return uncut + [mended]
    }

    /// Ends work and faults, makes everything whole, and lets everybody come to agree: the run is over then.
    public func settle(checking: () throws -> Void = {}) throws {
        try look {
            try laboratory.play(until: length, checking)
            laboratory.endWork()
            end = now
            try laboratory.settle(checking)
        }
        isSettled = finding == nil
    }

    /// What has happened so far: played again, it comes to the same, and then everybody must agree.
    public var played: Plan {
        var plan = plan
        (plan.events, plan.faultActs, plan.length) = (laboratory.played, [], end ?? length)
        return finding.map { plan.ending(behind: $0.milliseconds) } ?? plan
    }

    /// Everything that has happened lies before it.
    private var length: Int64 { max(now, (laboratory.played.last?.time ?? -1) + 1) }

    private func look(_ body: () throws -> Void) throws {
        guard finding == nil else { return }
        finding = try RunReport.Finding.found(in: laboratory, while: body)
    }
}
