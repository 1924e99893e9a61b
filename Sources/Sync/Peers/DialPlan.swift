internal import CRDT

/// Whom a node dials, and when: those whom somebody has named, and every headquarters that the chain knows of.
public struct DialPlan<Address: Hashable & Sendable>: Sendable {
    public struct Target: Hashable, Sendable {
        public fileprivate(set) var address: Address
        /// Who must answer there; nil if anybody of the chain may.
        public let member: UInt32?
        /// The chain told of it, and nobody has named it here.
        public let isFromChain: Bool
        /// A connection is there, or being made.
        public fileprivate(set) var isBusy = false
        fileprivate var backOff = BackOff()
        /// When the two sides have understood each other; nil if they have not yet.
        fileprivate var opened: Int64?
        /// In a row, up to now; none while the two sides understand each other.
        public var failures: Int { opened == nil ? backOff.failures : 0 }

        fileprivate init(_ address: Address, _ member: UInt32?, isFromChain: Bool) {
            (self.address, self.member, self.isFromChain) = (address, member, isFromChain)
        }
    }

    /// One never leaves: its place is its name.
    public private(set) var targets: [Target]

    public init(_ named: [(address: Address, member: UInt32?)]) {
        targets = named.map { Target($0.address, $0.member, isFromChain: false) }
    }

    /// Takes in where the chain says that headquarters are. Who is named here is dialled where it is named.
    ///
    /// - Parameter headquarters: others than this node.
    /// - Returns: the places of those that are new, to be dialled.
    public mutating func learn(_ headquarters: [(member: UInt32, address: Address)]) -> Range<Int> {
        let first = targets.count
        for (member, address) in headquarters {
            if let index = targets.firstIndex(where: { $0.member == member }) {
                if targets[index].isFromChain { targets[index].address = address }
            } else {
                targets.append(Target(address, member, isFromChain: true))
            }
        }
        return first..<targets.count
    }

    public enum Turn: Hashable, Sendable {
        /// Dial; it is busy from now on.
        case dial
        /// Ask again after so long: it need not be dialled now.
        case wait(milliseconds: Int64)
        /// Nothing: it is being dialled, or connected.
        case busy
    }

    /// It is a target's turn. Of those that the chain told of, who has dialled this node already need not be dialled, and who may
    /// not sync must not.
    public mutating func turn(
        of index: Int, _ access: Access, isConnected: (UInt32) -> Bool, _ random: inout some RandomNumberGenerator
    ) -> Turn {
        let target = targets[index]
        guard !target.isBusy else { return .busy }
        if target.isFromChain, let member = target.member, isConnected(member) || access[member].isRevoked {
            return .wait(milliseconds: targets[index].backOff.fail(&random))
        }
        targets[index].isBusy = true
        return .dial
    }

    /// The two sides have understood each other.
    ///
    /// - Parameter now: monotonic, in milliseconds.
    public mutating func opened(_ index: Int, at now: Int64) { targets[index].opened = now }

    /// The connection has failed or ended. If the two sides had understood each other for as long as the longest wait, waits begin
    /// short again: a peer whose disk fails ends each session soon after it has begun, and so do two machines that take each other
    /// for the same.
    ///
    /// - Parameters:
    ///   - now: monotonic, in milliseconds.
    ///   - error: why the session ended; nil if there was none.
    /// - Returns: how long to wait before its next turn, in milliseconds.
    public mutating func ended(
        _ index: Int, at now: Int64, because error: SessionError? = nil, _ random: inout some RandomNumberGenerator
    ) -> Int64 {
        let lasted = targets[index].opened.map { now - $0 } ?? 0
        if lasted >= targets[index].backOff.longestMilliseconds { targets[index].backOff.succeed() }
        (targets[index].isBusy, targets[index].opened) = (Mutants.isOn("lost-line-stays-busy"), nil)
        let wait = targets[index].backOff.fail(&random)
        guard error?.needsPerson == true, !Mutants.isOn("refused-is-dialled-as-ever") else { return wait }
        return Int64.random(in: Self.seldomMilliseconds, using: &random)
    }

    /// Between two attempts as long as a person must do something first, and nobody tells this node that it is done.
    private static var seldomMilliseconds: ClosedRange<Int64> { 150_000...300_000 }
}
