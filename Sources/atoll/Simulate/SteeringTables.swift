import Simulation

/// How a chain stands that somebody steers, for a terminal.
struct SteeringTables {
    private let run: SteeredRun
    /// Of more sessions only their numbers are said.
    private static let listedSessions = 8

    init(_ run: SteeredRun) {
        self.run = run
    }

    /// - Parameter node: the only machine to be shown; all, and what they share, if it is nil.
    func lines(of node: Int?) -> [String] {
        guard let node else { return machines(run.machines) + scopes + troubles }
        return machines([run.machines[node]]) + scopes(of: node)
    }

    private func machines(_ machines: [SteeredRun.Machine]) -> [String] {
        let rows = machines.map { machine in
            [
                Self.name(machine.node), machine.state, machine.counts?.held.grouped ?? "-",
                machine.counts?.lacking.grouped ?? "-",
                names(machine.sessions.filter(\.isInSync).map(\.peer)),
                names(machine.sessions.filter { !$0.isInSync }.map(\.peer)),
            ]
        }
        return TextTable([["machine", "state", "holds", "lacks", "in sync with", "also talks to"]] + rows, right: [2, 3])
            .lines()
    }

    private func names(_ nodes: [Int]) -> String {
        nodes.count > Self.listedSessions ? nodes.count.counting("machine") : nodes.map(Self.name).joined(separator: ", ")
    }

    private var scopes: [String] {
        let rows = run.scopes.map { scope in
            let lacking = scope.lacking.map { "\(Self.name($0.node)) \($0.count.grouped)" }.joined(separator: ", ")
            return [scope.name, scope.written.grouped, lacking]
        }
        guard !rows.isEmpty else { return [] }
        return [""] + TextTable([["scope", "transactions", "lacking"]] + rows, right: [1]).lines()
    }

    private func scopes(of node: Int) -> [String] {
        let rows = (run.scopes(of: node) ?? []).map { [$0.name, $0.held.grouped, $0.lacking.grouped] }
        return rows.isEmpty ? [] : [""] + TextTable([["scope", "holds", "lacks"]] + rows, right: [1, 2]).lines()
    }

    private var troubles: [String] {
        let rows = run.troubledLines.map { ["\(Self.name($0.one)) - \(Self.name($0.other))", $0.trouble] }
        return rows.isEmpty ? [] : [""] + TextTable([["line", ""]] + rows).lines()
    }

    private static func name(_ node: Int) -> String { node == 0 ? "HQ" : "\(node)" }
}
