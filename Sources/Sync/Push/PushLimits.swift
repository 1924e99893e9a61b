/// Bounds of one push. What is larger travels as an ordinary delta, in pieces.
public enum PushLimits {
    /// The most encoded bytes.
    public static let bytes = 1 << 16
    /// The most cells of all its deltas.
    public static let cells = 1 << 12
    /// The most deltas: each is of a scope of its own.
    public static let deltas = 1 << 8
    /// The most hashes that the receiver computes: each takes a look at all records of its delta. More are told.
    public static let derivedHashes = 1 << 6
}
