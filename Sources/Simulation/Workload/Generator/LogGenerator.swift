/// Makes up the trade of a chain: the same bytes for the same shape and seed.
///
/// Days run in order, stores in order within a day; what happens later (payment, hand-over, settlement) waits in a queue, so
/// that events come out by time. Memory holds the catalogue, the customers, stock and the events of the days ahead, never
/// the log. Random numbers are drawn in a fixed order: to change that order is to change every generated log.
public struct LogGenerator: Sendable {
    public let shape: LogShape
    public let seed: UInt64

    /// The first line of the log that it makes.
    public let header: LogHeader

    /// - Throws: ``LogShapeError/seedTooLarge(_:)`` for a seed beyond `Int64.max`.
    public init(size: LogShape.Size, seed: UInt64) throws(LogShapeError) {
        try self.init(shape: LogShape(size), seed: seed)
    }

    /// - Throws: ``LogShapeError/seedTooLarge(_:)`` for a seed beyond `Int64.max`.
    public init(shape: LogShape, seed: UInt64) throws(LogShapeError) {
        guard let writtenSeed = Int64(exactly: seed) else { throw .seedTooLarge(seed) }
        self.shape = shape
        self.seed = seed
        header = LogHeader(
            seed: writtenSeed, stores: Int64(shape.stores), days: Int64(shape.days),
            ordersPerStoreAndDay: Int64(shape.ordersPerStoreAndDay), skus: Int64(shape.skus),
            customers: Int64(shape.customers), startMilliseconds: GeneratedTrade.startMilliseconds)
    }

    /// Gives the events to `visit`, one after another, without writing them as text.
    public func forEachEvent<Failure: Error>(_ visit: (LogEvent) throws(Failure) -> Void) throws(Failure) {
        var trade = GeneratedTrade(shape: shape, seed: seed)
        var number: Int64 = 0
        for day in 0...shape.days {
            let limit = day < shape.days ? trade.run(day: day) : .max
            while var event = trade.queue.pop(before: limit)?.event {
                event.number = number
                number += 1
                try visit(event)
            }
        }
    }

    /// Gives the log's bytes to `sink` in chunks of about 64 KiB that end with a line.
    public func generate<Failure: Error>(into sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        let chunkBytes = 1 << 16
        var encoder = LogEncoder()
        encoder.append(header)
        try forEachEvent { (event) throws(Failure) in
            encoder.append(event)
            if encoder.bytes.count >= chunkBytes { try encoder.flush(to: sink) }
        }
        try encoder.flush(to: sink)
    }
}
