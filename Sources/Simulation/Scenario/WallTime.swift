internal import Glibc

/// What a clock shows in a scenario file, as `2026-03-02T08:00:00Z`.
struct WallTime: Decodable, Sendable {
    /// Since 1970.
    let milliseconds: Int64

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        let numbers = text.split { !$0.isNumber }.map { Int32($0) ?? 0 }
        guard numbers.count == 6, (1970...9999).contains(numbers[0]) else {
            throw decoder.refusal("a time is written as 2026-03-02T08:00:00Z")
        }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] &- 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        milliseconds = Int64(timegm(&parts)) * 1000
        // Written again it is the same, unless it was written otherwise, or is a 30th of February.
        guard Self.text(of: milliseconds) == text else {
            throw decoder.refusal("there is no such time; one is written as 2026-03-02T08:00:00Z")
        }
    }

    /// - Parameter milliseconds: since 1970; what is less than a second is not written.
    static func text(of milliseconds: Int64) -> String {
        var (seconds, parts, buffer) = (time_t(milliseconds / 1000), tm(), [CChar](repeating: 0, count: 64))
        gmtime_r(&seconds, &parts)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
