/// Why a log cannot be generated.
public enum LogShapeError: Error, Hashable, Sendable, CustomStringConvertible {
    case outOfRange(figure: String, value: Int, allowed: ClosedRange<Int>)
    /// The log's form has signed 64-bit integers only.
    case seedTooLarge(UInt64)

    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .outOfRange(let figure, let value, let allowed):
            "\(value) is no possible number of \(figure); choose one from \(allowed.lowerBound) to \(allowed.upperBound)"
        case .seedTooLarge(let seed): "seed \(seed) is too large; choose one up to \(Int64.max)"
        }
    }
}
