internal import CRDT
internal import Net
internal import Replica
internal import Retail
internal import Sync

/// The registrar's decisions about a member that is lost: with its till stolen, its disk dead, its site burned down.
extension Registrar {
    /// Fences a member: it may not sync any more, and every live member is to say that it knows, and to deliver what it holds
    /// of the lost one. Asked for again, it changes what was declared.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Throws: `RegistrarError.alreadyFenced`, with nothing left to do.
    @discardableResult
    public func fence(_ name: String, _ declaration: FenceDeclaration, at now: Int64) throws -> FenceStatus {
        let member = try known(name, in: try Membership(of: directory))
        guard member.number != directory.card.member else { throw RegistrarError.headquarters }
        let record = FenceRecord(of: member.number)
        if let fence = try Fence(of: member.number, in: directory.replica), !fence.isReplaced(member) {
            guard fence.minted == nil, fence.declaration != declaration else {
                throw RegistrarError.alreadyFenced(name, since: fence.since)
            }
            try directory.replica.perform(at: now) { try record.declare(declaration, at: now, in: $0) }
        } else {
            try withdrawInvitation(of: member.number)
            let machine = try? member.publicKey?.fingerprint
            let origins = directory.replica.origins(of: member.number)
            try directory.replica.perform(at: now) { transaction in
                try record.state(declaration, origins, machine: machine, at: now, in: transaction)
                guard member.revocation == nil else { return }
                try MemberRecord(number: member.number).revoke(since: now, reason: "lost", in: transaction)
            }
        }
        return try fenceStatus(of: name)
    }

    /// How far a member's fence has come.
    public func fenceStatus(of name: String) throws -> FenceStatus {
        let membership = try Membership(of: directory)
        let member = try known(name, in: membership)
        let fence = try fence(of: member)
        let progress = try progress(of: fence, member, membership)
        let state: FenceStatus.State =
            fence.minted != nil ? .minted : progress.isComplete ? .complete : .open
        let exposure: String? = if case .exposure(let text) = fence.declaration { text } else { nil }
        let waits = progress.waits.map { wait in
            FenceStatus.Wait(member: wait.member, name: membership.name(of: wait.member), reason: "\(wait.reason)")
        }
        return FenceStatus(
            member: member.number, name: member.name, state: state, since: fence.since,
            isDestroyed: fence.declaration == .destroyed, exposure: exposure, isReplaced: fence.isReplaced(member),
            minted: fence.minted, waits: state == .minted ? [] : waits)
    }

    /// What minting came to.
    public struct Minting: Hashable, Sendable {
        public let member: UInt32
        /// In how many records there was something left.
        public let records: Int
        public let rights: UInt64
    }

    /// Closes the incarnations of a fenced member, states what they counted, and takes over the rights that they held. From
    /// then on the fence cannot be lifted. Asked for again, it goes on where a crash has ended it, and takes over what has
    /// turned up since.
    ///
    /// It is never done without being asked for, not even for a device that was declared destroyed, because it is final.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Throws: `RegistrarError.fenceOpen` while live members are waited for.
    public func mint(_ name: String, at now: Int64) throws -> Minting {
        let (membership, replica) = (try Membership(of: directory), directory.replica)
        let member = try known(name, in: membership)
        let fence = try fence(of: member)
        guard fence.declaration != nil else { throw RegistrarError.notFenced(name) }
        if fence.minted == nil {
            let waits = try progress(of: fence, member, membership).waits
            guard waits.isEmpty else {
                throw RegistrarError.fenceOpen(name, waiting: waits.map { membership.name(of: $0.member) })
            }
        }
        let lost = replica.origins(of: member.number).filter { fence.isLost($0, of: member) }
        try replica.closeLost(lost, at: now)
        let reclaimed = try replica.reclaimRights(of: lost, at: now)
        if fence.minted == nil {
            try replica.perform(at: now) { try FenceRecord(of: member.number).noteMinted(at: now, in: $0) }
        }
        return Minting(member: member.number, records: reclaimed.records, rights: reclaimed.rights)
    }

    /// The fence that keeps a member's present machine out; nil if there is none.
    func presentFence(of member: Member) throws -> Fence? {
        guard let fence = try Fence(of: member.number, in: directory.replica), !fence.isReplaced(member) else { return nil }
        return fence
    }

    private func known(_ name: String, in membership: Membership) throws(RegistrarError) -> Member {
        guard let member = membership.member(named: name) else {
            throw .unknownMember(name, known: membership.members.map(\.name))
        }
        return member
    }

    private func fence(of member: Member) throws -> Fence {
        guard let fence = try Fence(of: member.number, in: directory.replica) else {
            throw RegistrarError.notFenced(member.name)
        }
        return fence
    }

    private func progress(of fence: Fence, _ member: Member, _ membership: Membership) throws -> FenceProgress {
        // A member whose record is damaged here was not revoked by anybody: it is waited for.
        let live = membership.members.filter { $0.revocation == nil }.map(\.number).filter { number in
            number != directory.card.member && number != fence.member
        }
        var receipts: [UInt32: FenceReceipt] = [:]
        for witness in live {
            receipts[witness] = try FenceWitness.receipt(of: fence.member, from: witness, in: directory.replica)
        }
        return FenceProgress(
            of: fence.dot, live: live, receipts: receipts, isLost: { fence.isLost($0, of: member) },
            held: { directory.replica.vector(of: $0) })
    }
}
