public import CRDT

/// Which transactions of a till a report contains: by what tells them from all others for ever, whatever became of machines.
///
/// Of the machine that closes the day they are told by spans, because nobody else writes under its runs; of its earlier lives, of which
/// more may come to light later, each by itself.
public struct DayContents: Hashable, Sendable {
    public struct Span: Hashable, Sendable {
        public let run: Run
        /// Sequences of transactions in the store's books.
        public var sequences: ClosedRange<UInt64>
    }

    public private(set) var spans: [Span] = []

    public init() {}

    public func contains(_ run: Run, _ sequence: UInt64) -> Bool {
        spans.contains { $0.run == run && $0.sequences.contains(sequence) }
    }

    /// - Parameter own: the machine that closes the day.
    mutating func insert(_ run: Run, _ sequence: UInt64, closedBy own: Origin) {
        guard !contains(run, sequence) else { return }
        let index = spans.firstIndex { span in
            span.run == run && (run.origin == own || span.sequences.upperBound + 1 == sequence)
        }
        guard let index else { return spans.append(Span(run: run, sequences: sequence...sequence)) }
        let span = spans[index].sequences
        spans[index].sequences = min(span.lowerBound, sequence)...max(span.upperBound, sequence)
    }

    mutating func formUnion(_ other: DayContents) { spans += other.spans }
}

extension DayContents.Span {
    /// A fact: (bytes run, integer first, integer last).
    var value: Value {
        var bytes = ByteWriter()
        for word in [run.origin.rawValue, run.high, run.low] { bytes.write(fixed64: word) }
        return .tuple([
            .bytes(bytes.bytes), .integer(Int64(sequences.lowerBound)), .integer(Int64(sequences.upperBound)),
        ])
    }

    init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 3), let bytes = items.bytes(0), bytes.count == 24,
            let first = items.integer(1), let last = items.integer(2), 0 < first, first <= last
        else { return nil }
        let words = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return (0..<3).compactMap { _ in try? reader.readFixed64() }
        }
        run = Run(origin: Origin(rawValue: words[0]), high: words[1], low: words[2])
        sequences = UInt64(first)...UInt64(last)
    }
}

extension DayContents {
    init(_ facts: some Sequence<Value>) { spans = facts.compactMap { Span($0) } }
}
