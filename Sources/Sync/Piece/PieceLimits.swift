/// Bounds of one piece: whoever decodes a piece allocates in proportion to these at most, whatever the bytes claim.
public enum PieceLimits {
    /// The most cells of a piece.
    public static let cells = 1 << 17
    /// The most values of a piece: its cells, and the items of their tuples.
    public static let values = 1 << 19
    /// The most bytes of texts and byte strings of a piece, each counted wherever it stands.
    public static let contentBytes = 1 << 22
    /// The most bytes of a piece's columns before compression, without the bits.
    public static let tokenBytes = 1 << 23
    /// The most bytes of an encoded piece.
    public static let pieceBytes = 1 << 24
    /// The cells after which an encoder begins another piece.
    public static let cellTarget = 1 << 16
}
