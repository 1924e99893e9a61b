import Node

/// Makes one member's events of a log at its node, one after another, and knows which of them it was told are done.
///
/// When the node goes away without an answer, one event is in doubt: it may be there or not. The node, once it is back, says
/// how many transactions it holds of its own, and that settles it.
struct Till {
    private struct Request: Encodable {
        var log: String
        var names: [String]
        var upTo: Int64
        var from: Int64?
    }

    private struct Answer: Decodable {
        var ownTransactions: UInt64
    }

    struct Loss: Error {
        let acknowledged: UInt64
        let found: UInt64
    }

    let log: SoldLog
    let member: Int
    /// How many events are made.
    private(set) var made = 0
    /// Of them, those that nobody was told about: the reply was lost.
    private(set) var unansweredCount = 0
    private var ownTransactions: UInt64 = 0
    private var isInDoubt = false

    init(_ log: SoldLog, member: Int) {
        (self.log, self.member) = (log, member)
    }

    /// Makes the next event.
    ///
    /// - Returns: false if the node went away meanwhile.
    /// - Throws: `Loss` if something is gone that was acknowledged; what the node says if it refuses.
    mutating func sell(at node: NodeProcess) throws -> Bool {
        do {
            if isInDoubt, try settleDoubt(at: node) { return true }
            guard made < log.numbers[member].count else { return true }
            let number = log.numbers[member][made]
            isInDoubt = true
            try note(try node.ask("replay", Request(log: log.path, names: log.names, upTo: number, from: number)))
            isInDoubt = false
            made += 1
            return true
        } catch ControlError.noAnswer {
            return false
        } catch ControlError.noNode {
            return false
        }
    }

    /// - Returns: whether the event is there.
    private mutating func settleDoubt(at node: NodeProcess) throws -> Bool {
        let before = ownTransactions
        try note(try node.ask("replay", Request(log: log.path, names: log.names, upTo: .min)))
        isInDoubt = false
        guard ownTransactions > before else { return false }
        made += 1
        unansweredCount += 1
        return true
    }

    private mutating func note(_ answer: Answer) throws {
        guard answer.ownTransactions >= ownTransactions else {
            throw Loss(acknowledged: ownTransactions, found: answer.ownTransactions)
        }
        ownTransactions = answer.ownTransactions
    }
}
