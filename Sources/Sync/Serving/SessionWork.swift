public import Replica

/// What a session asks of a replica's owner.
public struct SessionWork: Sendable {
    public let key: SessionKey
    /// Any but those about spools.
    public let request: SessionRequest
    /// The member that it speaks with.
    public let peer: UInt32
    /// The wall clock, in milliseconds since 1970.
    public let milliseconds: Int64

    public init(key: SessionKey, request: SessionRequest, peer: UInt32, milliseconds: Int64) {
        (self.key, self.request, self.peer, self.milliseconds) = (key, request, peer, milliseconds)
    }

    /// The scopes that it cannot be served in while a large cut is being folded in there.
    public var foldedScopes: [Scope] {
        switch request {
        case .join(let deltas, _): deltas.map(\.header.scope)
        case .stage(let header): [header.scope]
        case .stageRecords(let scope, _, _), .publish(let scope, _, _): [scope]
        case .settle(let cuts, _): Array(cuts.keys)
        case .settleKnowing(let scope, _, _), .concede(let scope, _, _), .unstage(let scope): [scope]
        case .keep(let checkpoints, _): checkpoints.map(\.scope)
        case .take(let step, _): [step.reply.scope]
        case .mend(let scope, _, _): [scope]
        default: []
        }
    }

    /// Whether it says something about transactions that a join of the same session may just bring: so it is served behind that.
    var isWordOfJoined: Bool {
        switch request {
        case .keep, .confirm: true
        default: false
        }
    }
}

public struct SessionReply: Sendable {
    public let key: SessionKey
    public let answer: SessionAnswer

    public init(key: SessionKey, answer: SessionAnswer) {
        (self.key, self.answer) = (key, answer)
    }
}
