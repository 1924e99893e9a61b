internal import CRDT
internal import Replica
internal import Retail
internal import Sync

/// Members that are lost: HQ says so in the scope `chain`, every live member answers in its own books how far it holds what the lost
/// one wrote, and once all have, and have delivered it, HQ takes over the lost one's rights. What a node and its registrar do.
extension World {
    // MARK: Membership

    /// Reads who belongs to the chain, and ends the sessions of those that may not sync any more.
    func refreshMembers(at node: SimulatedNode) {
        guard let program = node.program, let replica = node.replica else { return }
        do {
            let fresh = try ChainMembers(reading: replica)
            guard fresh != program.members else { return }
            program.members = fresh
        } catch {
            // What is damaged here is read when it is mended, which changes the scope.
            return
        }
        for key in program.hub.keys {
            guard let peer = program.lines.peers[key], program.members.refuses(peer.member, peer.certificate) else { continue }
            program.hub.end(key, because: .revoked(member: peer.member), at: moment(of: node))
        }
        program.hub.adopt(program.members.access, at: moment(of: node))
        carryOut(at: node)
    }

    /// The members that may not sync, as HQ knows: nobody takes anything from them.
    var keptOut: Set<UInt32> {
        Set(nodes.filter { nodes[0].program?.members.refuses($0.member, $0.certificate) == true }.map(\.member))
    }

    /// Whether HQ has said that a member is lost, and has not let it sync again.
    func isLost(_ member: UInt32) -> Bool { nodes[0].program?.members.revoked.contains(member) == true }

    /// Whether the certificates of two machines are valid, so that a line between them can be opened.
    func trust(_ one: Int, _ other: Int) -> Bool { nodes[one].isCertificateValid && nodes[other].isCertificateValid }

    /// The certificate of a machine ends, or it gets another one.
    func setCertificate(of index: Int, isValid: Bool) {
        nodes[index].isCertificateValid = isValid
        guard !isValid else { return }
        for other in nodes.indices where other != index { _ = tear(between: index, other) }
    }

    // MARK: Answers

    /// What a live member has to say about fences that it holds.
    ///
    /// - Returns: nil if it has said everything.
    func answers(at node: SimulatedNode, _ program: SimulatedNode.Program) -> ReplicaTurns.Request? {
        let replica = program.turns.replica
        let open = program.members.fences.filter { member, fence in
            node.index != 0 && member != node.member
                && (try? receipt(of: member, from: node.member, in: replica)?.fence) != fence
        }
        guard !open.isEmpty else { return nil }
        return ReplicaTurns.Request(
            .transaction(at: moment(of: node).wall) { transaction in
                for (member, fence) in open.sorted(by: { $0.key < $1.key }) {
                    try transaction.set(
                        RetailSchema.FenceReceipt.receipt, of: RetailSchema.fenceReceipt(of: member, from: node.member),
                        to: .bytes(FenceReceipt(for: fence, of: member, held: replica).packed))
                }
            })
    }

    private func receipt(of member: UInt32, from witness: UInt32, in replica: Replica) throws -> FenceReceipt? {
        let record = try replica.record(RetailSchema.fenceReceipt(of: member, from: witness))
        guard case .bytes(let bytes)? = record.register(SlotKey(field: RetailSchema.FenceReceipt.receipt))?.value else {
            return nil
        }
        return try FenceReceipt(packed: bytes)
    }

    // MARK: Settling

    /// Takes over the rights of those for whom somebody has asked that, if their fences are complete.
    func settleFences() {
        guard let program = nodes[0].program else { return }
        for member in unsettled.sorted() where isFenceComplete(of: member, program) {
            unsettled.remove(member)
            let (replica, wall) = (program.turns.replica, moment(of: nodes[0]).wall)
            let lost = replica.origins(of: member)
            let work = ReplicaTurns.Request.Work.alone { [unowned self] in
                settling?(lost, replica)
                try replica.closeLost(lost, at: wall)
                _ = try replica.reclaimRights(of: lost, at: wall)
            }
            takeTurn(
                at: nodes[0],
                with: [ReplicaTurns.Request(work) { [unowned self] error in if let error { note(error, at: nodes[0]) } }])
        }
    }

    private func isFenceComplete(of member: UInt32, _ program: SimulatedNode.Program) -> Bool {
        guard let fence = program.members.fences[member], program.members.revoked.contains(member) else { return false }
        let replica = program.turns.replica
        let live = Set(nodes.map(\.member)).subtracting(program.members.revoked).subtracting([0, member])
        var receipts: [UInt32: FenceReceipt] = [:]
        for witness in live.sorted() { receipts[witness] = try? receipt(of: member, from: witness, in: replica) }
        let progress = FenceProgress(
            of: fence, live: live, receipts: receipts, isLost: { $0.member == member },
            held: { replica.vector(of: $0) })
        return progress.isComplete || nodes[0].build == .hasty
    }
}
