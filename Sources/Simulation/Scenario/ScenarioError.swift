/// One mistake in a scenario file: where it stands and what it is.
public struct ScenarioError: Error, Hashable, Sendable {
    /// The name that the reader was given for the file.
    public let path: String
    /// Counted from 1; lines end with a line feed.
    public let line: Int
    /// Counted from 1 in characters (grapheme clusters); a tab counts as one, a byte order mark not at all.
    public let column: Int
    public let problem: Problem
    /// The line's text around the column, fit for a terminal: one printable character for each that was written.
    public let excerpt: String
    /// Where in `excerpt` the column stands, in characters from 0.
    let caretOffset: Int

    /// What is wrong, with the evidence.
    public enum Problem: Hashable, Sendable {
        // What the text has as JSON.
        /// More of something (`what`, as in "the file" or "the number") than is read.
        case oversized(what: String, bytes: Int, limit: Int)
        case notUTF8
        case syntax(expected: String, found: String)
        /// Arrays and objects inside one another.
        case tooDeep(limit: Int)
        /// A number, as written, that none of 64-bit integers and `Double` can hold.
        case unrepresentable(number: String)
        case repeatedKey(String, firstLine: Int)

        // What the text has as the value that was asked for.
        /// A key that no type asked for. `known` is empty where decoding ended before all keys had been asked for.
        case unknownKey(String, suggestion: String?, known: [String])
        /// A text that is none of an enumeration's raw values.
        case unknownValue(String, suggestion: String?, known: [String])
        case missingKey(String)
        /// An array with fewer elements than are asked for; the index counts from 0.
        case missingElement(index: Int)
        /// An array with more elements than the `read` ones.
        case unreadElement(read: Int)
        case wrongType(expected: String, found: String)
        case outOfRange(number: String, allowed: String)
        /// An integer that a floating-point type would round.
        case inexact(number: String, type: String)
        /// The type that was decoded refuses the value, in its own words.
        case refused(reason: String)
    }
}
