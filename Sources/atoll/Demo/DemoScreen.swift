import Foundation
import Glibc

/// The demo's table: redrawn in place on a terminal, else printed when a part is over.
final class DemoScreen {
    let isLive = isatty(STDOUT_FILENO) == 1
    private let isQuiet: Bool
    private var drawn = 0
    private var last: [String] = []

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
    }

    func say(_ text: String) throws {
        guard !isQuiet else { return }
        try Atoll.print(text + "\n")
    }

    /// - Parameter figures: by member; HQ first.
    /// - Returns: whether every store is equal to HQ in what both hold.
    func show(_ figures: [(name: String, figures: NodeFigures)]) throws -> Bool {
        let headquarters = figures[0].figures
        var rows = [["REPLICA", "ORDERS", "ON HAND", "LAG", "DIGEST", "AT HQ"]]
        rows.append([figures[0].name, headquarters.orders.grouped, headquarters.onHand.grouped, "", "", ""])
        var isEqual = true
        for (name, store) in figures.dropFirst() {
            let scopes = store.scopes.map(\.scope)
            let (here, there) = (store.digest(of: scopes), headquarters.digest(of: scopes))
            if here != there { isEqual = false }
            rows.append([
                name, store.orders.grouped, store.onHand.grouped, NodeFigures.lag(store, headquarters).grouped, here,
                here == there ? "equal" : there,
            ])
        }
        last = TextTable(rows, right: [1, 2, 3]).lines(indent: 2)
        if isLive, !isQuiet { try draw() }
        return isEqual
    }

    /// Leaves the last table standing.
    func settle() throws {
        if !isLive { for line in last { try say(line) } }
        drawn = 0
    }

    private func draw() throws {
        let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        try Atoll.print(up + last.map { "\u{1B}[2K\($0)\n" }.joined())
        drawn = last.count
    }
}
