public import CRDT
public import Replica

/// Whether a fence is complete: whether every live member holds it and has delivered what it holds of the lost one, so that
/// headquarters knows all that the lost one's rights went to.
///
/// Members that are revoked or fenced themselves are not waited for: nobody takes anything from them. A pure rule: the same
/// records give the same answer on every machine.
public struct FenceProgress: Hashable, Sendable {
    /// Who is still waited for, and why.
    public struct Wait: Hashable, Sendable {
        public enum Reason: Hashable, Sendable {
            /// Nothing says that it holds the fence.
            case unacknowledged
            /// It holds more of the lost one than headquarters does.
            case undelivered(Scope, Origin, told: UInt64, held: UInt64)
        }

        public let member: UInt32
        public let reason: Reason

        public init(member: UInt32, reason: Reason) {
            self.member = member
            self.reason = reason
        }
    }

    /// Ascending by member; of a member that has not delivered, the first of its reasons by scope and origin.
    public let waits: [Wait]

    public var isComplete: Bool { waits.isEmpty }

    /// - Parameters:
    ///   - fence: the transaction that stated it.
    ///   - live: the members that must hold it: neither the registrar nor the lost one.
    ///   - receipts: the last one of each member, if it wrote any.
    ///   - isLost: which incarnations are the lost ones; others of that member are of the machine in its place.
    ///   - held: how far headquarters holds a scope.
    public init(
        of fence: Dot, live: some Sequence<UInt32>, receipts: [UInt32: FenceReceipt], isLost: (Origin) -> Bool,
        held: (Scope) -> VersionVector
    ) {
        waits = live.sorted().compactMap { member in
            guard let receipt = receipts[member], receipt.fence == fence || Mutants.isOn("older-fence-is-enough") else {
                return Wait(member: member, reason: .unacknowledged)
            }
            for (scope, vector) in receipt.held.sorted(by: { $0.key < $1.key }) {
                let mine = held(scope)
                let lacking = vector.entries.first { isLost($0.origin) && $0.sequence > mine.sequence(of: $0.origin) }
                guard let lacking, !Mutants.isOn("fence-waits-for-no-delivery") else { continue }
                let have = mine.sequence(of: lacking.origin)
                return Wait(
                    member: member,
                    reason: .undelivered(scope, lacking.origin, told: lacking.sequence, held: have))
            }
            return nil
        }
    }
}

extension FenceProgress.Wait.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unacknowledged: "has not said that it knows"
        case .undelivered(let scope, _, let told, let held):
            "holds \(told) of the lost one's transactions in \(scope), of which \(held) have come here"
        }
    }
}
