/// Why a recorded log cannot be read: the file, the line and the evidence.
///
/// Names fields, ids, sizes and the offending number, never a customer's data.
public struct LogError: Error, Hashable, Sendable {
    /// The path that was opened, or the name given to bytes in memory.
    public let file: String
    /// The line, counted from 1 after decompression; 0 if the trouble came before any line.
    public let line: Int
    public let problem: Problem

    /// What is wrong. A `field` is the key as written in the line, with positions counted from 0: `l[3][1]`.
    public enum Problem: Error, Hashable, Sendable {
        /// The operating system refused, with this `errno`.
        case unreadable(errno: Int32)
        /// Not one byte of log.
        case empty
        /// The compressed file ends before its end mark.
        case truncated(LogCompression)
        /// The compressed file fails its library's checks.
        case corrupt(LogCompression, reason: String)
        /// The plain text ends inside its last line.
        case cutShort
        case lineTooLong(limitBytes: Int)
        case notJSON(reason: String, column: Int)
        case invalidUTF8(column: Int)
        /// One key twice in one object; the column is where the second one ends.
        case repeatedField(column: Int)
        case notAnObject(found: String)

        /// The first line is not a header.
        case noHeader
        case secondHeader
        case unknownVersion(Int64)
        case unknownKind(String)
        case unknownStatus(String)

        case missingField(String)
        case unknownField(String)
        case wrongType(field: String, expected: String, found: String)
        case wrongElementCount(field: String, expected: Int, found: Int)
        case outOfRange(field: String, value: Int64, allowed: ClosedRange<Int64>)
        case wrongLength(field: String, bytes: Int, allowed: ClosedRange<Int>)
        case controlCharacter(field: String)
        case tooMany(field: String, count: Int, limit: Int)

        case numberNotRising(number: Int64, previous: Int64)
        case timeFalling(timeMilliseconds: Int64, previousMilliseconds: Int64)
        case repeatedOrder(id: String)
        case repeatedReceipt(id: String)
        case orderNeverMade(id: String)
        case statusBackwards(order: String, from: LogStatus, to: LogStatus)
        /// More orders, or more receipts, than a reader remembers.
        case tooManyIds(limit: Int)
    }
}
