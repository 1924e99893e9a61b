/// An act and when it happens.
public struct PlannedEvent: Sendable {
    /// The world's time, in milliseconds.
    public var time: Int64
    public var act: any Act

    public init(_ act: some Act, at time: Int64) {
        (self.act, self.time) = (act, time)
    }
}

extension PlannedEvent: Codable {
    private enum Keys: String, CodingKey {
        case at, kind
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        time = try container.decode(Int64.self, forKey: .at)
        guard time >= 0 else {
            throw DecodingError.dataCorruptedError(forKey: .at, in: container, debugDescription: "a time is not negative")
        }
        act = try decoder.kind(outOf: Acts.all, name: { $0.kind }).init(from: decoder)
        if let flaw = act.flaw { throw decoder.refusal(flaw) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(time, forKey: .at)
        try container.encode(type(of: act).kind, forKey: .kind)
        try act.encode(to: encoder)
    }
}
