internal import CRDT
internal import Replica
internal import Sync

/// Delta files, which somebody carries from one machine to another: written and read by what is behind `atoll delta`, between two
/// turns of the replica.
extension World {
    /// - Parameter receiver: for whom it is, as he stands now; for anybody, if it is nil or he is off.
    /// - Returns: nil if nobody could write it.
    func exportDelta(from index: Int, for receiver: Int?) throws -> [UInt8]? {
        guard let replica = nodes[index].replica else { return nil }
        let (access, member) = (Access(), receiver.map { nodes[$0].member })
        let known = receiver.flatMap { nodes[$0].replica }
        let prologue = DeltaFilePrologue(
            chain: Self.chain, created: HLC(milliseconds: wall(of: index)), sender: replica.identity.origin)
        var file: [UInt8] = []
        let isDone = try alone(at: nodes[index]) { replica in
            let writer = try DeltaFileWriter(prologue) { file += $0 }
            for scope in replica.heldScopes where member.map({ access.mayRead($0, scope) }) ?? true {
                try writer.append(scope, of: replica, for: known?.cut(of: scope) ?? Cut())
            }
            try writer.finish()
        }
        return isDone ? file : nil
    }

    /// - Parameters:
    ///   - takesShelves: whether a store takes in all that it may read, the shelves of others too; else what is meant for it, and
    ///     what it holds already.
    ///   - recordsAtOnce: files of more are staged.
    /// - Returns: whether it was taken in, and held anything new.
    func importDelta(_ file: [UInt8], at index: Int, takesShelves: Bool, recordsAtOnce: Int) throws -> Bool {
        let (node, access) = (nodes[index], Access())
        let (member, wall) = (node.member, wall(of: index))
        var count = 0
        let isDone = try alone(at: node) { replica in
            let intake = DeltaFileIntake(chain: Self.chain, recordsAtOnce: recordsAtOnce) { scope in
                Convergence.concerns(scope, member) || replica.holds(scope) || takesShelves && access.mayRead(member, scope)
            } open: {
                var rest: [UInt8]? = file
                return {
                    defer { rest = nil }
                    return rest
                }
            }
            count = try intake.run(into: replica, at: wall)
        }
        return isDone && count > 0
    }

    /// Does something with a replica while nobody else does.
    ///
    /// - Returns: false if no program runs there, or the replica has refused it, as it may.
    private func alone(at node: SimulatedNode, _ body: @escaping (Replica) throws -> Void) throws -> Bool {
        guard let replica = node.replica, paused[node.index] == nil, replica.foldingScopes.isEmpty else { return false }
        var failure: (any Error)?
        var isSettled = false
        let request = ReplicaTurns.Request(.alone { try body(replica) }) { error in (failure, isSettled) = (error, true) }
        takeTurn(at: node, with: [request])
        carryOut(at: node)
        guard let failure else { return isSettled }
        guard node.mayRefuse(because: failure) || (failure as? ReplicaError)?.isAboutFiles == true else { throw failure }
        return false
    }
}

extension ReplicaError {
    /// A delta file has come too early or too late, or from a branch of a history that is another one here.
    fileprivate var isAboutFiles: Bool {
        switch self {
        case .baseUnknown, .belowHorizon, .forked, .malformed(.inventsOwn): true
        default: false
        }
    }
}
