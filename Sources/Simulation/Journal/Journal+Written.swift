internal import CRDT
internal import Replica

extension Journal {
    /// What somebody wanted to write.
    struct Written: Sendable {
        /// Of all scopes.
        let effects: [Effect]
        let receipt: Receipt
        /// What the writer had seen of each scope.
        let seen: [Scope: Cut]
        let node: Int
        /// The world's time, in milliseconds.
        let time: Int64
    }
}

extension Journal.Written {
    /// Whether anything of it is there: several may have had the same dot, one after the other.
    func isShown(by replica: Replica) -> Bool {
        let dots = Set(receipt.dots.map(\.dot))
        return effects.contains { effect in
            ((try? replica.record(effect.key))?.cells ?? []).contains { dots.contains($0.dot) && $0.stamp == receipt.stamp }
        }
    }
}
