extension PlannedEvent {
    /// As it stands in a file: from there all kinds of acts are made smaller, also those that nobody has thought of here.
    var written: WrittenValue? { try? WrittenValue(self) }

    /// - Returns: nil if no reader takes it.
    init?(_ written: WrittenValue) {
        let bytes = Array(written.line.utf8)
        guard let event = try? StrictJSON.decode(PlannedEvent.self, from: bytes, named: "") else { return nil }
        self = event
    }

    /// The keys that name machines, in all acts.
    static let machineKeys: Set<String> = ["node", "from", "to", "one", "other", "store", "in_name_of"]

    /// The same about other machines.
    ///
    /// - Parameter numbers: new ones, by old ones.
    /// - Returns: nil if it cannot be.
    func renumbered(_ numbers: [Int: Int]) -> PlannedEvent? {
        let wanted = act.nodes.map { numbers[$0] ?? $0 }
        guard wanted != act.nodes else { return self }
        let written = written?.mapping { path, value in
            guard case .integer(let old) = value, let key = path.last, Self.machineKeys.contains(key) else { return value }
            return .integer(Int128(numbers[Int(old)] ?? Int(old)))
        }
        guard let event = written.flatMap(PlannedEvent.init), event.act.nodes == wanted else { return nil }
        return event
    }
}
