internal import CRDT

extension ReplicaError: CustomStringConvertible {
    /// What was refused and what to do, without any customer's data.
    public var description: String {
        switch self {
        case .baseUnknown(let scope, let origin, let needs, let have):
            "the delta of \(scope) builds on transaction \(needs) of \(name(origin)), and this replica holds \(have). "
                + "Ask for a delta from there."
        case .belowHorizon(let scope, let origin, let horizon, let have):
            "the sender of \(scope) has collected what \(name(origin)) removed up to transaction \(horizon), and this "
                + "replica holds \(have). Ask for a snapshot."
        case .forked(let scope, let origin, let sequence):
            "\(name(origin)) has two histories in \(scope) from transaction \(sequence) on: a copy of it was in use. "
                + "Decide for one history, and restore from backups of before whoever holds the other (atoll restore)."
        case .forkProven(let one, _):
            "\(name(one.origin)) has signed two histories in \(one.scope) at transaction \(one.point.sequence): a copy of it is "
                + "in use. Decide for one history, and restore from backups of before whoever holds the other (atoll restore)."
        case .badSignature(let scope, let origin, let sequence):
            "a checkpoint of \(name(origin)) at transaction \(sequence) of \(scope) is not signed by it. "
                + "Whoever told it is damaged or forges."
        case .malformed(let fault): "the delta breaks a rule of its form: \(fault). It is damaged or was forged."
        case .damagedRow(let key): "the row of \(place(key)) is damaged. Fetch it again from a peer, or restore a backup."
        case .quarantined(let key):
            "\(place(key)) is damaged here and waits to be fetched again. Let it meet a replica that holds it, or restore a "
                + "backup."
        case .incarnationClosed(let origin):
            "this incarnation of \(name(origin)) was closed, or is a backup's. "
                + "Run atoll exchange: it begins the next one."
        case .cutsDiffer(let scope):
            "the peer does not hold the same transactions of \(scope). Let both join what they lack first."
        case .folding(let scope): "a large cut of \(scope) is still being folded in. Try again when that is done."
        case .movedOn(let scope):
            "\(scope) changed while it was read piece by piece. Begin again, on a snapshot that stands still."
        case .incomplete(let scope, let records, let announced):
            "\(records) of the \(announced) records of a delta of \(scope) have come. It will be sent again."
        case .nothingStaged(let scope): "no cut of \(scope) is on its way in. Begin one first."
        default: refusedWrite
        }
    }

    private var refusedWrite: String {
        switch self {
        case .join(let key, let error): "\(place(key)) cannot be joined: \(error). The delta is damaged or was forged."
        case .unknownField(let key, let field): "\(place(key)) has no field \(field). Use the program that knows it."
        case .wrongKind(let key, let field): "the value does not fit field \(field) of \(place(key)), or is too large."
        case .recordTooLarge(let key, let size, let limit):
            "\(place(key)) would have a size of \(size), more than \(limit). Split it."
        case .count(let key, let field, .overflow(let counted, let adding, let limit)):
            "counter \(field) of \(place(key)) stands at \(counted) and cannot take \(adding) more: "
                + "the limit is \(limit). Correct the quantity."
        case .progress(let key, _, .goesBack(let from, let to)):
            "\(place(key)) is at status \(from) and cannot go to \(to). Remove the step; a status never goes back."
        case .progress(let key, _, .diverges(let from, let to)):
            "\(place(key)) cannot go to status \(from) and to \(to) at once. Decide for one."
        case .progress(let key, _, .unknownState(let state)): "\(place(key)) has no status \(state)."
        case .escrow(let key, let field, let error): "field \(field) of \(place(key)) refused: \(error)."
        default: "refused."
        }
    }

    private func place(_ key: RecordKey) -> String { "record \(key)" }

    private func name(_ origin: Origin) -> String { "member \(origin.member)" }
}
