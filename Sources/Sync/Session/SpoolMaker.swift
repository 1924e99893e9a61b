internal import CRDT
public import Replica

/// Reads a large delta of one moment and packs it into pieces.
public struct SpoolMaker {
    /// The cells after which a piece ends: smaller than a delta file's, so that no step holds a receiver up for long.
    public static let cellTarget = 1 << 14
    /// How many packed bytes are read at once.
    private static let byteBudget = 1 << 20

    private let replica: Replica
    public var cellTarget = Self.cellTarget

    /// - Parameter replica: a reader of its own if somebody writes meanwhile.
    public init(_ replica: Replica) {
        self.replica = replica
    }

    /// - Parameters:
    ///   - cut: how far the receiver holds the scope.
    ///   - sink: takes each piece.
    /// - Returns: nil if the receiver lacks nothing, or would need a record that is set aside here.
    public func make(
        _ id: SpoolID, _ scope: Scope, for cut: Cut, _ sink: ([UInt8]) throws -> Void
    ) throws -> Spool? {
        guard let extraction = try replica.extraction(scope, for: cut) else { return nil }
        guard !replica.quarantinedKeys.contains(where: Set(extraction.keys).contains) else { return nil }
        let encoder = try PieceEncoder(extraction.header)
        var (pieces, position, recordCount): ([Spool.Piece], Int, Int) = ([], 0, 0)
        while position < extraction.keys.count {
            let (records, next) = try replica.records(of: extraction, from: position, byteBudget: Self.byteBudget)
            position = next
            recordCount += records.count
            var first = 0
            while first < records.count {
                let (bytes, end) = try encoder.encode(records, from: first, cellTarget: cellTarget)
                try sink(bytes)
                pieces.append(.init(byteCount: bytes.count, last: records[end - 1].key))
                first = end
            }
        }
        return Spool(id: id, header: extraction.header, recordCount: recordCount, pieces: pieces)
    }
}
