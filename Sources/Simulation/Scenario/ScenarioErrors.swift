/// Why a scenario file cannot be read: every mistake that was found, in the order of their places, at least one.
public struct ScenarioErrors: Error, Hashable, Sendable {
    public let errors: [ScenarioError]
    /// How many more there are, further down in the file.
    public let omittedCount: Int

    /// What a person would read of one file; more come from a file that is no scenario at all.
    private static let limit = 100

    /// - Parameter faults: in any order.
    init(_ faults: [SourceFault], in text: SourceText) {
        precondition(!faults.isEmpty, "a file without a mistake is read")
        let sorted = faults.sorted { $0.offset < $1.offset }
        errors = sorted.prefix(Self.limit).map(text.error)
        omittedCount = sorted.count - errors.count
    }
}

extension ScenarioErrors: CustomStringConvertible {
    /// One line for each mistake.
    public var description: String { lines(of: \.description) }

    /// Like `description`, with the line of text and a caret below each.
    public var illustration: String { lines { "\($0)\n\($0.illustration)" } }

    private func lines(of text: (ScenarioError) -> String) -> String {
        let omission = omittedCount > 0 ? ["and \(omittedCount) more"] : []
        return (errors.map(text) + omission).joined(separator: "\n")
    }
}
