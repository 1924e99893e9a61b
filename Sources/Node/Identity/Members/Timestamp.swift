internal import Foundation

/// Moments as a person reads them, in UTC.
enum Timestamp {
    /// - Parameter milliseconds: since 1970; seconds are shown.
    static func text(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1_000)).formatted(.iso8601)
    }
}
