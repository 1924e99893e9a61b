import CRDT
import Replica
import Sync
import Testing

/// One direction of a session, both ends of it.
struct PushStream {
    let encoder: PushEncoder
    let decoder: PushDecoder
    var sending = PushContext()
    var receiving = PushContext()
    /// What the sender holds of what was told, and what the receiver does.
    var told: [Scope: PushBasis] = [:]
    var heard: [Scope: PushBasis] = [:]

    init() throws {
        encoder = try PushEncoder()
        decoder = try PushDecoder()
    }

    /// What a replica has that was not told yet.
    func news(of replica: Replica) throws -> [Delta] {
        try replica.heldScopes.compactMap { try replica.delta($0, for: told[$0]?.cut ?? Cut()) }
    }

    mutating func encode(_ deltas: [Delta]) throws -> [UInt8] {
        let told = told
        let push = try encoder.encode(deltas, known: { told[$0] ?? PushBasis() }, &sending)
        for delta in deltas { self.told[delta.header.scope, default: PushBasis()].advance(past: delta.header) }
        return push
    }

    mutating func decode(_ push: [UInt8]) throws -> [Delta] {
        let heard = heard
        let deltas = try decoder.decode(push, known: { heard[$0] ?? PushBasis() }, &receiving)
        for delta in deltas { self.heard[delta.header.scope, default: PushBasis()].advance(past: delta.header) }
        return deltas
    }

    /// Sends deltas through, and expects them to come out as they went in, and both ends to be in step.
    @discardableResult
    mutating func carry(_ deltas: [Delta], _ comment: Comment? = nil) throws -> [UInt8] {
        let push = try encode(deltas)
        #expect(try decode(push) == deltas, comment)
        #expect(sending == receiving, comment)
        #expect(told == heard, comment)
        return push
    }
}
