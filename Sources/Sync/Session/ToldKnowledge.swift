public import Replica

/// What one side tells of an origin's chain to the member whose origin it is.
public struct ToldKnowledge: Hashable, Sendable {
    public let chain: ChainKnowledge
    /// The origin's own signed word, if the teller has one: without it only headquarters is believed that an incarnation
    /// made more transactions than it knows of.
    public let checkpoint: SignedCheckpoint?
    /// The teller is one of the chain's headquarters.
    public let isOfHeadquarters: Bool

    public init(chain: ChainKnowledge, checkpoint: SignedCheckpoint?, isOfHeadquarters: Bool = false) {
        self.chain = chain
        self.checkpoint = checkpoint
        self.isOfHeadquarters = isOfHeadquarters
    }
}
