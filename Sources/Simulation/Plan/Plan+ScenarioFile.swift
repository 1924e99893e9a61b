extension Plan {
    /// A scenario file that says this run, and all of it: read again, it gives the same plan whatever seed is asked for.
    ///
    /// One event stands in a line, so that two files can be compared and a person can take out one.
    ///
    /// - Parameters:
    ///   - about: what it is, in a sentence.
    ///   - violates: the oracle that must be violated, if the file is there to show that.
    public func scenarioFile(about: String, violates: String? = nil) throws -> String {
        var members: [(key: String, value: WrittenValue)] = [
            ("about", .text(about)), ("stores", .integer(Int128(stores))), ("seed", .integer(Int128(seed))),
        ]
        let pairs = neighbours.pairs.map { WrittenValue.array([.integer(Int128($0.one)), .integer(Int128($0.other))]) }
        if !pairs.isEmpty { members.append(("islands", .array(pairs))) }
        if wall != Scenario.usualBeginning { members.append(("begins", .text(WallTime.text(of: wall)))) }
        members.append(("minutes", Minutes(milliseconds: length).written))
        if settling != Scenario.usualSettling.milliseconds {
            members.append(("settle_minutes", Minutes(milliseconds: settling).written))
        }
        if let violates { members.append(("violates", .text(violates))) }
        let heads = members.map { "  \"\($0.key)\": \($0.value.line),\n" }.joined()
        let lines = try events.map { "    \(try WrittenValue($0).line)" }
        return "{\n" + heads + "  \"events\": [\n" + lines.joined(separator: ",\n") + "\n  ]\n}\n"
    }
}
