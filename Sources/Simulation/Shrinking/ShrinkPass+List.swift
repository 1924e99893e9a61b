extension ShrinkPass {
    /// A pass that leaves out elements of a list (see `DeltaDebugging`).
    ///
    /// - Parameters:
    ///   - elements: what may be left out, in the order in which it happens.
    ///   - keeping: the candidate with these of its elements alone. Whatever names one that is gone goes as well: to leave
    ///     out nodes, or groups that can only go together, let the elements be the nodes or the groups.
    public static func list<Element>(
        _ name: String, elements: @escaping (Candidate) -> [Element],
        keeping: @escaping (Candidate, [Element]) -> Candidate
    ) -> ShrinkPass {
        ShrinkPass(name) { trials throws(ShrinkStop) in
            let whole = trials.smallest
            var search = DeltaDebugging(elements(whole)) { part throws(ShrinkStop) in
                try trials.attempt(keeping(whole, part))
            }
            _ = try search.minimize()
        }
    }

    /// A pass that leaves out elements of a list whose elements stand by themselves.
    public static func list<Element>(_ name: String, _ path: WritableKeyPath<Candidate, [Element]>) -> ShrinkPass {
        list(
            name, elements: { $0[keyPath: path] },
            keeping: { whole, part in
                var candidate = whole
                candidate[keyPath: path] = part
                return candidate
            })
    }
}
