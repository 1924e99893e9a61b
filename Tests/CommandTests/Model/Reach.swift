import Replica
import Simulation

/// Who reaches whom, as acts cut lines and switch machines off.
struct Reach {
    /// HQ and stores.
    let machines: Range<Int>
    /// Who dials, then who is dialled.
    let lines: [(one: Int, other: Int)]
    /// By direction, how often it is cut.
    private var cuts: [[Int]: Int] = [:]
    private var off: Set<Int> = []

    init(_ plan: Plan) {
        machines = 0..<plan.stores + 1
        lines = (1..<plan.stores + 1).map { ($0, 0) } + plan.neighbours.pairs
    }

    mutating func take(_ act: PlayedAct) {
        switch act {
        case .work, .tear, .strand: break
        case .cut(let from, let to, let isCut): cuts[[from, to], default: 0] += isCut ? 1 : -1
        case .kill(let node): off.insert(node)
        case .switchOn(let node): off.remove(node)
        }
    }

    func taken(_ act: PlayedAct) -> Reach {
        var next = self
        next.take(act)
        return next
    }

    func isOn(_ machine: Int) -> Bool { !off.contains(machine) }

    func isCut(from: Int, to: Int) -> Bool { cuts[[from, to], default: 0] > 0 }

    /// The lines between machines that are on and hear each other.
    var linesUp: [(one: Int, other: Int)] {
        lines.filter { line in
            let isWhole = !isCut(from: line.one, to: line.other) && !isCut(from: line.other, to: line.one)
            return isWhole && isOn(line.one) && isOn(line.other)
        }
    }

    /// The machines that come to hold what one of them writes in a scope, itself among them; none if it is off.
    func reached(from machine: Int, in scope: Scope) -> Set<Int> {
        guard isOn(machine) else { return [] }
        let lines = linesUp.filter { Self.concerns(scope, $0.one) && Self.concerns(scope, $0.other) }
        var reached: Set = [machine]
        var count = 0
        while reached.count > count {
            count = reached.count
            for line in lines where reached.contains(line.one) || reached.contains(line.other) {
                reached.formUnion([line.one, line.other])
            }
        }
        return reached
    }

    /// Those sets of machines, each ascending, that must come to agree on whatever is meant for all of them.
    var groups: [[Int]] {
        let islands = machines.map { reached(from: $0, in: Scope(.customers)).sorted() }
        let pairs = linesUp.map { [$0.one, $0.other].sorted() }
        return Set(islands + pairs).filter { $0.count > 1 }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Whether a scope is meant for a machine: HQ holds all, a store its own and what the chain shares.
    static func concerns(_ scope: Scope, _ machine: Int) -> Bool {
        switch scope.kind {
        case .chain, .customers: true
        case .books, .stock, .mailbox, nil: machine == 0 || scope.member == UInt32(machine)
        }
    }
}
