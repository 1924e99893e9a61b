/// A time that something lasted at one machine.
public struct RunSpan: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// Nothing arrives on the line to HQ, both ways.
        case cut
        /// What the machine sends does not arrive.
        case cutUp = "up"
        /// What HQ sends does not arrive.
        case cutDown = "down"
        /// The line is slow, narrow, or turns bits over.
        case poor
        case off
        /// It has stopped for a while: nothing happens there, and others do not know.
        case paused
        /// Its disk refuses something, or may at any moment.
        case diskTrouble = "disk"
        /// Of something that is meant for it, it holds or shows something else than HQ.
        case differs
        /// It has a session with HQ.
        case connected
    }

    public let lane: Int
    public let start: Int64
    public let end: Int64
}
