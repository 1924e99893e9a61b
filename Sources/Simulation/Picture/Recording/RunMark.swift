/// Something that happened to one machine at one moment.
public struct RunMark: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case powerFailure = "power"
        case kill, clock
        case backUp = "backup"
        case putBack = "put_back"
        case replaced, torn
        /// A delta file was taken in.
        case file
        /// Somebody called with a certificate that is not his.
        case attack
        /// HQ said that the store is lost.
        case fence
    }

    public let lane: Int
    public let kind: Kind
    public let time: Int64
    /// More of it, in a few words.
    public let detail: String
    /// How often it happened, here and shortly after.
    public internal(set) var count = 1

    public init(lane: Int, _ kind: Kind, _ time: Int64, _ detail: String = "") {
        (self.lane, self.kind, self.time, self.detail) = (lane, kind, time, detail)
    }
}
