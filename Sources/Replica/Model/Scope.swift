public import CRDT

/// A part of the data that a replica may hold or not. A record's scope never changes; sequences, vectors and cuts are by
/// scope, and a transaction is atomic within each.
public struct Scope: Hashable, Comparable, Sendable {
    public enum Kind: UInt32, CaseIterable, Sendable {
        /// Catalogue, prices, membership, decisions of the registrar: only HQ writes.
        case chain = 0
        /// Customer records; the member number is the region's.
        case customers = 1
        /// A member's order book.
        case books = 2
        /// A member's stock, which a neighbour may read without the book.
        case stock = 3
        /// Halves of things between two members, left for this one.
        case mailbox = 4
    }

    /// The member number above three bits of kind. Kinds that this version does not know are carried like known ones.
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// - Parameter member: below 2^24.
    public init(_ kind: Kind, of member: UInt32 = 0) {
        precondition(member < 1 << 24, "a member number has 24 bits")
        rawValue = member << 3 | kind.rawValue
    }

    public static let chain = Scope(.chain)

    /// Nil for a kind that this version does not know.
    public var kind: Kind? { Kind(rawValue: rawValue & 7) }
    public var member: UInt32 { rawValue >> 3 }

    public static func < (left: Scope, right: Scope) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Scope: CustomStringConvertible {
    public var description: String {
        kind.map { $0 == .chain ? "chain" : "\($0)/\(member)" } ?? "scope/\(rawValue)"
    }
}

extension ByteReader {
    public mutating func readScope() throws(CodecError) -> Scope {
        let start = offset
        guard let raw = UInt32(exactly: try readVarint()), raw >> 27 == 0 else { throw .outOfRange(offset: start) }
        return Scope(rawValue: raw)
    }
}
