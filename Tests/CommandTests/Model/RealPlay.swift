import FaultProxy
import Foundation
import Node
import Replica
import Simulation

/// A schedule among running nodes, which must do and show what the simulator's machines did and showed.
final class RealPlay {
    private let schedule: Schedule
    private let expected: SimulatedPlay
    private let chain: RunningChain
    private let tills: LogTills
    private var reach: Reach
    /// Records as they were shown at any barrier with values that were written without seeing each other.
    private(set) var contested: Set<String> = []
    /// Why nodes refused what they had to refuse.
    private(set) var refusals: [String] = []
    /// What became of the last work.
    private var reason = ""

    /// Founds the chain, and waits until everybody is connected.
    init(_ schedule: Schedule, expected: SimulatedPlay) throws {
        (self.schedule, self.expected, reach) = (schedule, expected, Reach(schedule.plan))
        let folder = try Chain()
        let names = ["HQ"] + (1..<schedule.plan.stores + 1).map { "S00\($0)" }
        chain = try RunningChain(names, in: folder, ring: !schedule.plan.neighbours.pairs.isEmpty)
        tills = LogTills(names, in: folder.folder)
        try settle(groups: reach.groups, lines: reach.linesUp, at: "the beginning")
    }

    /// - Throws: `Difference`.
    func play() throws {
        var effects = expected.effects[...]
        for (number, step) in schedule.steps.enumerated() {
            switch step {
            case .act(let act, let event):
                let place = "step \(number), \(try Schedule.text(of: event))"
                guard let isExpected = effects.popFirst() else { throw difference(place, "the simulator has not done it") }
                try check(try perform(act, number, at: event.time), isExpected, place)
            case .barrier(let barrier):
                let place = "step \(number), a barrier"
                let shown = try settle(groups: barrier.groups, lines: barrier.lines, at: place)
                for machine in barrier.machines {
                    let doubtful = barrier.doubtful[machine] ?? []
                    try compare(machine, shown, with: expected.barriers[barrier.time], without: doubtful, place)
                }
            }
        }
        try end()
    }

    /// All lines are whole and all machines on: everybody comes to have everything.
    private func end() throws {
        chain.set(Faults())
        try chain.startAll()
        let whole = Reach(schedule.plan)
        let shown = try settle(groups: whole.groups, lines: whole.linesUp, at: "the end")
        for machine in whole.machines { try compare(machine, shown, with: expected.end, without: [], "the end") }
        guard try chain.areEqual() else { throw difference("the end", try chain.differences()) }
    }

    // MARK: Acts

    /// - Returns: whether it had an effect; nil if that is not compared.
    private func perform(_ act: PlayedAct, _ number: Int, at time: Int64) throws -> Bool? {
        reach.take(act)
        switch act {
        case .work(let work):
            let node = chain.nodes[work.node]
            guard node.isRunning else {
                reason = "the node is off; its log ends with \((try? node.logLines().suffix(3)) ?? [])"
                return false
            }
            let outcome = try tills.perform(work, number, at: schedule.wall(at: time), on: node)
            reason = "the node says \(outcome)"
            if case .refused(let refusal) = outcome { refusals.append(refusal) }
            return outcome == .written
        case .cut(let one, let other, _):
            try setFaults(one, other)
            return nil
        case .tear(let one, let other):
            try chain.line(between: one, other).cut(number % 2 == 0 ? .reset : .finish)
            return nil
        case .strand(let one, let other, _):
            try chain.line(between: one, other).strand()
            return nil
        case .kill(let node):
            defer { chain.nodes[node].kill() }
            return chain.nodes[node].isRunning
        case .switchOn(let node):
            let wasOff = !chain.nodes[node].isRunning
            try chain.nodes[node].start()
            return wasOff
        }
    }

    /// A line that is cut takes no new connections, and what is on its way waits: as in the simulator.
    private func setFaults(_ one: Int, _ other: Int) throws {
        guard let line = reach.lines.first(where: { Set([$0.one, $0.other]) == [one, other] }) else {
            throw difference("a cut", "nobody dials from \(one) to \(other)")
        }
        var faults = Faults()
        faults.toServer.holds = reach.isCut(from: line.one, to: line.other)
        faults.toClient.holds = reach.isCut(from: line.other, to: line.one)
        faults.refusesConnections = faults.toServer.holds || faults.toClient.holds
        try chain.line(between: one, other).set(faults)
    }

    // MARK: Comparison

    /// Waits until the ends of all lines say that they are in sync, and each group holds the same.
    ///
    /// - Returns: what each machine that is on shows then.
    @discardableResult
    private func settle(groups: [[Int]], lines: [(one: Int, other: Int)], at place: String) throws -> SimulatedPlay.Shown {
        var shown: SimulatedPlay.Shown = [:]
        var lacking = ""
        let isSettled = try eventually(within: 120) {
            if let line = try lines.first(where: { try !isInSync($0.one, $0.other) || !isInSync($0.other, $0.one) }) {
                lacking = "\(line) is not in sync"
                return false
            }
            let opened = try snapshots()
            for group in groups {
                guard let scope = try disagreement(among: group.compactMap { opened[$0] }, place) else { continue }
                lacking = "\(group) do not hold the same of \(scope)"
                return false
            }
            shown = try opened.mapValues { try ShownContent(of: $0.replica) }
            return true
        }
        guard isSettled else { throw difference(place, "after two minutes \(lacking)") }
        return shown
    }

    private func isInSync(_ node: Int, _ peer: Int) throws -> Bool {
        try chain.nodes[node].status.peers.contains { $0.member == UInt32(peer) && $0.state == "in sync" }
    }

    private func snapshots() throws -> [Int: ReplicaDirectory] {
        var opened: [Int: ReplicaDirectory] = [:]
        for (index, node) in chain.nodes.enumerated() where node.isRunning {
            opened[index] = try ReplicaDirectory.read(at: node.directory)
        }
        return opened
    }

    /// - Returns: a scope that is meant for all of some replicas and of which they do not hold the same yet.
    /// - Throws: `Difference` if they hold the same and show different things.
    private func disagreement(among directories: [ReplicaDirectory], _ place: String) throws -> Scope? {
        let scopes = Set(directories.flatMap(\.replica.heldScopes)).sorted().filter { scope in
            directories.allSatisfy { Reach.concerns(scope, Int($0.card.member)) }
        }
        guard let first = directories.first?.replica else { return nil }
        for scope in scopes {
            for other in directories.dropFirst().map(\.replica) {
                guard first.vector(of: scope) == other.vector(of: scope), let digest = first.digest(of: scope),
                    let theirs = other.digest(of: scope)
                else { return scope }
                guard digest == theirs else { throw difference(place, "\(scope): equal vectors and different digests") }
                guard first.summary(of: scope) == other.summary(of: scope) else { return scope }
            }
        }
        return nil
    }

    private func check(_ effect: Bool?, _ isExpected: Bool, _ place: String) throws {
        guard let effect, effect != isExpected else { return }
        let world = effect ? "it was done, and not in the simulator" : "it was done in the simulator alone"
        throw difference(place, world + "; last, " + reason)
    }

    private func compare(
        _ machine: Int, _ shown: SimulatedPlay.Shown, with expected: SimulatedPlay.Shown?, without doubtful: Set<Scope>,
        _ place: String
    ) throws {
        guard let real = shown[machine], let simulated = expected?[machine] else {
            throw difference(place, "machine \(machine) is off in one of the two worlds")
        }
        contested.formUnion(real.contested)
        guard let (here, there) = real.difference(from: simulated, without: doubtful) else { return }
        throw difference(place, "machine \(machine) shows\n  \(here)\nand in the simulator\n  \(there)")
    }

    private func difference(_ place: String, _ text: String) -> Difference {
        Difference(description: "ATOLL_TEST_SEED=\(schedule.seed), \(place): \(text)")
    }
}

/// Where the two worlds came apart, and how to see it again.
struct Difference: Error, CustomStringConvertible {
    let description: String
}
