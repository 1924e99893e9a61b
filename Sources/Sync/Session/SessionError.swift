public import CRDT
public import Replica

/// Why a session ended. It is said to the other side as a code and a few words (`Protocol/sync.md`, section "Errors").
public enum SessionError: Error, Hashable, Sendable {
    /// One side is done, or stops.
    case finished
    /// The other side speaks only versions that are not known here.
    case version(theirs: UInt8, ours: UInt8)
    case otherChain
    /// A frame's body breaks its grammar, or its length does; `kind` is nil if there is no telling.
    case malformed(kind: UInt8?)
    case oversized(limit: Int)
    /// A frame of a kind that is not known, or that may not come now.
    case unexpected(kind: UInt8)
    /// The origin in the first frame is another member's than the certificate's.
    case impostor(claimed: UInt32, member: UInt32)
    /// A member that may not sync any more.
    case revoked(member: UInt32)
    /// A delta in a scope that its sender, or its origin, may not write to.
    case notPermitted(scope: Scope, member: UInt32)
    /// More data than was asked for.
    case creditExceeded
    /// An acknowledgement, a cut or a delta that speaks of what never was.
    case invented(scope: Scope?)
    /// More frames of a kind that no credit limits than anyone sends who means well.
    case flooded(kind: UInt8)
    /// Two histories of one origin.
    case forked(scope: Scope, origin: Origin, sequence: UInt64)
    /// The delta's own form, or what it says about a record.
    case refused(reason: String)
    /// Both hold the same transactions of a scope, and not the same state, and nobody can say who is right.
    case unequal(scope: Scope)
    /// Silence, a frame that takes too long, or data that nobody acknowledges.
    case timedOut(Wait)
    /// Another session with the same member took this one's place.
    case superseded
    /// No room at the moment.
    case overloaded
    /// Something here does not work: the disk, memory.
    case internalTrouble(reason: String)
    /// What the other side said, by its code, when it ended the session.
    case ended(code: UInt16, detail: String)
    /// The line is gone without a word.
    case lost

    public enum Wait: UInt8, Hashable, Sendable {
        case opening, frame, silence, acknowledgement, credit
    }
}

extension SessionError {
    static let inventedCode: UInt16 = 10
    static let forkedCode: UInt16 = 11

    /// The number that stands for it on the wire.
    public var code: UInt16 {
        switch self {
        case .finished: 0
        case .version: 1
        case .otherChain: 2
        case .malformed: 3
        case .oversized: 4
        case .unexpected: 5
        case .impostor: 6
        case .revoked: 7
        case .notPermitted: 8
        case .creditExceeded: 9
        case .invented: Self.inventedCode
        case .forked: Self.forkedCode
        case .refused: 12
        case .timedOut: 13
        case .superseded: 14
        case .overloaded: 15
        case .internalTrouble: 16
        case .ended(let code, _): code
        case .lost: 17
        case .flooded: 18
        case .unequal: 19
        }
    }

    /// Whether it will be so again until a person has done something here: the program is updated, an address corrected.
    /// Whichever side has said so. Headquarters may take a revocation back at any moment, and the store is to hear of it soon.
    public var needsPerson: Bool {
        [Self.version(theirs: 0, ours: 0), .otherChain].contains { $0.code == code }
    }

    /// Its name, for logs and for people who look for it.
    public var name: String { Self.name(of: code) }

    public static func name(of code: UInt16) -> String {
        names.indices.contains(Int(code)) ? names[Int(code)] : "unknown_error_\(code)"
    }

    private static let names = [
        "finished", "version", "other_chain", "malformed", "oversized", "unexpected", "impostor", "revoked",
        "not_permitted", "credit_exceeded", "invented", "forked", "refused", "timed_out", "superseded", "overloaded",
        "internal_trouble", "lost", "flooded", "unequal",
    ]
}

extension SessionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .finished: "the session is over"
        case .version(let theirs, let ours): "the other side speaks version \(theirs) of the protocol, this one \(ours)"
        case .otherChain: "the other side belongs to another chain"
        case .malformed(let kind): "a frame\(kind.map { " of kind \($0)" } ?? "") breaks the protocol's grammar"
        case .oversized(let limit): "a frame is longer than \(limit) bytes"
        case .unexpected(let kind): "a frame of kind \(kind) may not come now"
        case .impostor(let claimed, let member): "member \(member) says that it is member \(claimed)"
        case .revoked(let member): "member \(member) may not sync any more: it was revoked"
        case .notPermitted(let scope, let member): "member \(member) may not write to \(scope)"
        case .creditExceeded: "more data came than was asked for"
        case .flooded(let kind): "frames of kind \(kind) came without end"
        case .invented(let scope): "something was named\(scope.map { " in \($0)" } ?? "") that never was"
        case .forked(let scope, let origin, let sequence):
            "\(scope) has two histories of member \(origin.member)'s transactions at number \(sequence)"
        case .refused(let reason): "a delta was refused: \(reason.printable)"
        case .unequal(let scope):
            "\(scope) is not the same on both sides at equal cuts, and could not be mended"
        case .timedOut(.opening): "the session was not open in time"
        case .timedOut(.frame): "a frame did not come whole in time"
        case .timedOut(.silence): "nothing was heard for too long"
        case .timedOut(.acknowledgement): "what was sent was not acknowledged in time"
        case .timedOut(.credit): "nothing more was asked for in time"
        case .superseded: "the same member has opened another session"
        case .overloaded: "there is no room for another session at the moment"
        case .internalTrouble(let reason): "it cannot go on here: \(reason.printable)"
        case .ended(let code, let detail): detail.isEmpty ? Self.name(of: code) : detail.printable
        case .lost: "the line was lost"
        }
    }
}
