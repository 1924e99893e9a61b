/// A length of time in a scenario file, in minutes: 0.5 is half a minute.
struct Minutes: Decodable, Sendable {
    let milliseconds: Int64

    /// A hundred years: beyond that somebody has mistaken the unit.
    private static let limit = 100.0 * 366 * 24 * 60

    /// By how much a clock may be wrong, in milliseconds.
    static let clockRange = -Int64(limit * 60_000)...Int64(limit * 60_000)

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    init(from decoder: any Decoder) throws {
        let minutes = try decoder.singleValueContainer().decode(Double.self)
        guard (0...Self.limit).contains(minutes) else { throw decoder.refusal("minutes are 0 to \(Int(Self.limit))") }
        milliseconds = Self.milliseconds(in: minutes)
    }

    /// With as few decimals as say the same: a millisecond needs five.
    var written: WrittenValue {
        for scale in [1.0, 10, 100, 1_000, 10_000] {
            let minutes = (Double(milliseconds) * scale / 60_000).rounded() / scale
            guard Self.milliseconds(in: minutes) == milliseconds else { continue }
            return scale == 1 ? .integer(Int128(minutes)) : .real(minutes)
        }
        return .real((Double(milliseconds) * 100_000 / 60_000).rounded() / 100_000)
    }

    private static func milliseconds(in minutes: Double) -> Int64 { Int64((minutes * 60_000).rounded()) }
}

/// By how much a clock is wrong, in minutes: below 0 it is slow.
struct ClockOffsetMinutes: Decodable, Sendable {
    let milliseconds: Int64

    init(from decoder: any Decoder) throws {
        let minutes = try decoder.singleValueContainer().decode(Double.self)
        guard abs(minutes) <= Double(Minutes.clockRange.upperBound) / 60_000 else {
            throw decoder.refusal("a clock is wrong by a hundred years at most")
        }
        milliseconds = Int64((minutes * 60_000).rounded())
    }
}

/// By how many millionths a clock runs fast; below 0 it is slow.
struct ClockDrift: Decodable, Sendable {
    let partsPerMillion: Int64

    static let range: ClosedRange<Int64> = -100_000...100_000
    static let refusal = "drift_ppm is -100000 to 100000"

    init(from decoder: any Decoder) throws {
        partsPerMillion = try decoder.singleValueContainer().decode(Int64.self)
        guard Self.range.contains(partsPerMillion) else { throw decoder.refusal(Self.refusal) }
    }
}

/// So many times as much.
struct Factor: Decodable, Sendable {
    let value: Double

    init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Double.self)
        guard (1...1000).contains(value) else { throw decoder.refusal("times is 1 to 1000") }
    }
}

/// How often something happens in an hour, on average.
struct Rate: Decodable, Sendable {
    let value: Double

    init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Double.self)
        guard (0...1_000_000).contains(value) else { throw decoder.refusal("a rate is 0 to 1000000 an hour") }
    }
}

/// How many there are of something, at least one.
struct Amount: Decodable, Sendable {
    let value: Int

    init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int.self)
        guard (1...1_000_000_000).contains(value) else { throw decoder.refusal("expected 1 to 1000000000") }
    }
}

extension Decoder {
    /// Why what stands here is not taken.
    func refusal(_ reason: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: codingPath, debugDescription: reason))
    }
}
