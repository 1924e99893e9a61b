public import Replica

/// How a scope stands at one side of a comparison.
public struct RepairStanding: Hashable, Sendable {
    public let scope: Scope
    public let mark: UInt64
    /// nil while a large cut is being folded in.
    public let digest: Hash128?
    /// The first records that are set aside, ascending.
    public let aside: [RecordKey]
    /// How many are, in all.
    public let asideCount: Int
    /// The rows were found not to add up to what the heads say.
    public let isDoubtful: Bool
}

/// What a turn of the other side came to, before anything is written.
public struct RepairStep: Hashable, Sendable {
    /// Of form `unable` where nothing can be compared: the two stand elsewhere by now, or a record is aside here.
    public var reply: RepairTurn
    /// What the other side holds and may be missing here.
    var records: [DeltaRecord] = []
    /// What the rows here add up to, where that decides whether records are believed, or is the right digest.
    var sums: RowSums?
    /// All rows are equal, so their sum is the digest.
    var isDigestWrong = false

    /// Nothing can be said at the moment.
    public static func nothing(of turn: RepairTurn) -> RepairStep {
        RepairStep(reply: .unable(turn.scope, isAnswer: !turn.isAnswer))
    }

    var writes: Bool { !records.isEmpty || isDigestWrong }
}
