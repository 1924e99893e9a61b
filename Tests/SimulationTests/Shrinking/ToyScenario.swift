import Simulation

/// A run small enough to be judged at sight: nodes, what breaks on them, and what they do.
struct ToyScenario: Equatable {
    struct Fault: Equatable {
        enum Kind: CaseIterable { case crash, restart, partition, heal }
        var kind: Kind
        var node: Int
        var time: Int
    }

    struct Operation: Equatable {
        var node: Int
        var time: Int
        var quantity: Int64
    }

    var nodes: [Int]
    var faults: [Fault]
    var operations: [Operation]

    /// Its parts, all told.
    var count: Int { nodes.count + faults.count + operations.count }

    /// A month of 20 nodes, 400 faults and 10,000 operations, in which `outcome` fails.
    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let month = 30 * 86_400_000
        nodes = Array(0..<20)
        faults = (0..<199).flatMap { _ -> [Fault] in
            let node = Int.random(in: 0..<20, using: &random)
            let time = Int.random(in: 0..<month, using: &random)
            let end = time + Int.random(in: 1..<7_200_000, using: &random)
            let (first, last): (Fault.Kind, Fault.Kind) =
                Bool.random(using: &random) ? (.crash, .restart) : (.partition, .heal)
            return [Fault(kind: first, node: node, time: time), Fault(kind: last, node: node, time: end)]
        }
        operations = (0..<10_000).map { _ in
            Operation(
                node: Int.random(in: 0..<20, using: &random), time: Int.random(in: 0..<month, using: &random),
                quantity: .random(in: 1...5, using: &random))
        }
        // What goes wrong: node 7 sells a lot while it is cut off, crashes before it is healed, and 11 orders much later.
        let noon = month / 2 + 1_234_567
        faults += [Fault(kind: .partition, node: 7, time: noon), Fault(kind: .crash, node: 7, time: noon + 90_061)]
        operations += [
            Operation(node: 7, time: noon + 30_030, quantity: 40),
            Operation(node: 11, time: noon + 9_999_999, quantity: 25),
        ]
        faults.sort { $0.time < $1.time }
        operations.sort { $0.time < $1.time }
    }

    /// Cannot run if it names a node that is not there, or if something ends that did not begin. Fails if node 7 sells at
    /// least 12 while it is cut off, crashes within two minutes of that, and 11 sells at least 20 two hours after the crash.
    var outcome: TrialOutcome {
        let known = Set(nodes)
        guard faults.allSatisfy({ known.contains($0.node) }), operations.allSatisfy({ known.contains($0.node) }) else {
            return .invalid
        }
        for kind in [(Fault.Kind.crash, Fault.Kind.restart), (.partition, .heal)] {
            for end in faults where end.kind == kind.1 {
                guard faults.contains(where: { $0.kind == kind.0 && $0.node == end.node && $0.time <= end.time }) else {
                    return .invalid
                }
            }
        }
        let sales = operations.filter { $0.node == 7 && $0.quantity >= 12 }
        let late = operations.last { $0.node == 11 && $0.quantity >= 20 }
        let isLost = sales.contains { sale in
            let isCutOff = faults.last { $0.node == 7 && $0.time <= sale.time && ($0.kind == .partition || $0.kind == .heal) }
            let crash = faults.first { $0.node == 7 && $0.kind == .crash && $0.time >= sale.time }
            guard isCutOff?.kind == .partition, let crash, let late else { return false }
            return crash.time - sale.time <= 120_000 && late.time - crash.time >= 7_200_000
        }
        return isLost ? .fails : .holds
    }

    /// Without the nodes that are not named, and without all that names them.
    func keeping(_ nodes: [Int]) -> ToyScenario {
        let known = Set(nodes)
        var candidate = self
        candidate.nodes = nodes
        candidate.faults.removeAll { !known.contains($0.node) }
        candidate.operations.removeAll { !known.contains($0.node) }
        return candidate
    }

    /// Faults, nodes, operations, times and values, in this order.
    static var passes: [ShrinkPass<ToyScenario>] {
        let units: [UInt] = [86_400_000, 3_600_000, 60_000, 1_000, 1]
        return [
            .list("faults", \.faults),
            .list("nodes", elements: { $0.nodes }, keeping: { $0.keeping($1) }),
            .list("operations", \.operations),
            .times("times", units: units, of: { $0.times }, replacing: { $0.replacing(times: $1) }),
            .integers(
                "quantities", toward: 0, of: { $0.operations.map(\.quantity) },
                replacing: { whole, quantities in
                    var candidate = whole
                    for (index, quantity) in quantities.enumerated() { candidate.operations[index].quantity = quantity }
                    return candidate
                }),
        ]
    }

    /// The times of faults and operations together, in order.
    var times: [Int] { (faults.map(\.time) + operations.map(\.time)).sorted() }

    private func replacing(times: [Int]) -> ToyScenario {
        // Sorting by place among equals, so that the same part gets the same slot whenever it is asked for.
        let old = faults.map(\.time) + operations.map(\.time)
        let order = old.indices.sorted { (old[$0], $0) < (old[$1], $1) }
        var candidate = self
        for (index, time) in zip(order, times) {
            if index < faults.count {
                candidate.faults[index].time = time
            } else {
                candidate.operations[index - faults.count].time = time
            }
        }
        return candidate
    }
}
