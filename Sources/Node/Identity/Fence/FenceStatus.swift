/// How far a fence has come: what `atoll fence NAME --status` shows.
public struct FenceStatus: Codable, Hashable, Sendable {
    public enum State: String, Codable, Hashable, Sendable {
        /// Live members are waited for.
        case open
        /// The rights can be minted again.
        case complete
        /// They were.
        case minted
    }

    public struct Wait: Codable, Hashable, Sendable {
        public var member: UInt32
        public var name: String
        /// In words.
        public var reason: String
    }

    public var member: UInt32
    public var name: String
    public var state: State
    /// Milliseconds since 1970.
    public var since: Int64
    /// A person has said so.
    public var isDestroyed: Bool
    /// What is published if nobody has.
    public var exposure: String?
    /// Another machine has taken the place of the lost one.
    public var isReplaced: Bool
    /// Milliseconds since 1970.
    public var minted: Int64?
    /// Ascending by member.
    public var waits: [Wait]
}
