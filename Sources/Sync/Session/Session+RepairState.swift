internal import CRDT
internal import Replica

/// What a session knows of its repairs, one scope at a time.
extension Session {
    struct Repairing {
        /// Scopes to look into.
        var searches: [Scope: Search] = [:]
        /// When to look at them next, and when that is to be done even if nothing happens before.
        var due: Int64?
        var wakeUp: Int64?
        var asking: Asking?
        /// Since when the other side has been asked something.
        var askedSince: Int64?
        /// What the other side has asked, and was not answered.
        var answering: Answering?
        /// A question or an answer that waits for credit.
        var unsent: [Frame] = []
        /// How many questions may be asked, and may come.
        var ownQuestions: QuestionAllowance
        var theirQuestions: QuestionAllowance

        init(at milliseconds: Int64) {
            ownQuestions = QuestionAllowance(atOnce: 32, milliseconds: 4000, at: milliseconds)
            theirQuestions = QuestionAllowance(atOnce: 64, milliseconds: 2000, at: milliseconds)
        }

        /// Whoever gives no credit is not answered yet, and must not let answers pile up here.
        var hasUnsentAnswer: Bool {
            unsent.contains { frame in
                switch frame {
                case .repair(let turn): turn.isAnswer
                case .mend: true
                default: false
                }
            }
        }

        /// Nothing is due while something is asked.
        var deadline: Int64? { asking == nil && unsent.isEmpty ? wakeUp : nil }

        mutating func search(_ scope: Scope, from time: Int64) {
            searches[scope, default: Search(notBefore: time)].notBefore = min(searches[scope]?.notBefore ?? time, time)
            wake(at: time)
        }

        mutating func wake(at time: Int64) {
            due = min(due ?? time, time)
            wakeUp = min(wakeUp ?? time, time)
        }

        mutating func forget(_ scope: Scope) { searches[scope] = nil }

        mutating func stop() {
            (searches, due, wakeUp, unsent) = ([:], nil, nil, [])
            (asking, askedSince, answering) = (nil, nil, nil)
        }
    }

    struct Search {
        var notBefore: Int64
        /// How often it came to nothing, because the two stood elsewhere or the other side could not help.
        var failures = 0
        /// The rows were compared, and not only the digests.
        var hasCompared = false
        /// Both digests as a comparison left them, and how many did.
        var unequal: (mine: Hash128, theirs: Hash128, count: Int)?

        /// After so many comparisons that changed nothing nobody can say who is right.
        static let unequalLimit = 3
    }

    enum Asking {
        case inspecting(Scope)
        /// The other side was asked to compare; it was told this.
        case comparing(RepairTurn)
        /// It has answered.
        case examining(Scope, theirs: RepairTurn)
        /// It was asked for records that are damaged here.
        case lacking(Lack)
        case mending(Scope, aside: Int)
    }

    /// Records that are aside, and what was told of some of them. All of a scope are put back together where that is possible:
    /// what was kept of it cannot vouch for a part.
    struct Lack {
        let scope: Scope
        /// How many were aside.
        let count: Int
        /// Those about which nothing was told yet, ascending.
        private(set) var rest: ArraySlice<RecordKey>
        private(set) var told: [Mending] = []
        private var toldBytes = 0

        /// As it comes over the line; then what was told is put back, and the rest asked for anew.
        private static let byteLimit = 1 << 20
        private static let answerLimit = 16

        init(_ scope: Scope, _ aside: [RecordKey], of count: Int) {
            (self.scope, self.count, rest) = (scope, count, aside[...])
        }

        /// - Returns: whether more is to be asked for before anything is put back.
        mutating func takes(_ mending: Mending, _ byteCount: Int) -> Bool {
            guard let last = mending.keys.last else { return false }
            let isAtSameCut = told.last.map { $0.cut == mending.cut } ?? true
            told.append(mending)
            toldBytes += byteCount
            let before = rest.count
            rest = rest.drop { $0 <= last }
            let hasRoom = toldBytes < Self.byteLimit && told.count < Self.answerLimit
            return isAtSameCut && !rest.isEmpty && rest.count < before && hasRoom
        }
    }

    enum Answering {
        case comparison(RepairTurn)
        case lack(Scope)
    }
}
