public import Replica
public import Sync

/// What happens in a world besides what oracles hear of: for whoever draws a run.
public enum WorldNews: Sendable {
    case switchedOn(node: Int)
    /// `keeping` says what its disk keeps of what was not synced; nil if only the program was killed.
    case switchedOff(node: Int, keeping: Survival?)
    case backedUp(node: Int)
    /// A copy was put in the place of what a disk held: of its own, or of another machine's.
    case putBack(node: Int, from: Int)
    /// There is a new machine, with nothing on its disk.
    case replaced(node: Int)
    /// It has stopped for a while, and what comes for it waits.
    case paused(node: Int)
    case resumed(node: Int)
    case clockSet(node: Int, jump: Int64, driftPartsPerMillion: Int64?)
    /// Something may be wrong with a machine's disk from now on, or nothing is any more.
    case diskTroubled(node: Int, Bool)
    case lineChanged(from: Int, to: Int)
    /// Connections between two machines broke.
    case torn(one: Int, other: Int)
    /// A machine and another have understood each other.
    case sessionOpened(SessionKey, node: Int, peer: Int)
    case sessionEnded(SessionKey, node: Int, peer: Int)
    /// Something is new and durable at a machine: its own, or what the peer has sent.
    case changed(node: Int, [Scope], from: Int?)
}
