/// Lengths of simulated time, as people say them.
enum TimeText {
    /// `2 h 13 min 7.250 s`; days from the first on, and then no fractions of a second.
    static func length(_ milliseconds: Int64) -> String {
        let (days, hours, minutes) = (milliseconds / 86_400_000, milliseconds / 3_600_000 % 24, milliseconds / 60_000 % 60)
        let (seconds, rest) = (milliseconds / 1000 % 60, milliseconds % 1000)
        var parts = [(days, "d"), (hours, "h"), (minutes, "min")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        if days == 0, rest > 0 {
            parts.append("\(seconds).\(String(rest + 1000).dropFirst()) s")
        } else if seconds > 0 || parts.isEmpty {
            parts.append("\(seconds) s")
        }
        return parts.joined(separator: " ")
    }
}
