/// The states of something that moves forward only, and which state comes before which.
public struct Lattice: Hashable, Sendable {
    public struct State: Hashable, Sendable {
        public let code: Int64
        public let name: String
        /// The codes of the states right below this one.
        public let follows: [Int64]

        public init(_ code: Int64, _ name: String, follows: [Int64] = []) {
            self.code = code
            self.name = name
            self.follows = follows
        }
    }

    public let states: [State]
    /// By code: every state that this one supersedes.
    private let below: [Int64: Set<Int64>]

    /// - Parameter states: each after all that it follows, with distinct codes.
    public init(_ states: [State]) {
        var below: [Int64: Set<Int64>] = [:]
        for state in states {
            precondition(below[state.code] == nil, "a state is declared once")
            var all = Set(state.follows)
            for code in state.follows {
                guard let more = below[code] else { preconditionFailure("a state follows states declared before it") }
                all.formUnion(more)
            }
            below[state.code] = all
        }
        self.states = states
        self.below = below
    }

    public func state(named name: String) -> State? { states.first { $0.name == name } }
    public func state(coded code: Int64) -> State? { states.first { $0.code == code } }

    /// Whether `later` lies above `earlier`. A code that this version does not know lies above nothing and below nothing.
    public func supersedes(_ later: Int64, _ earlier: Int64) -> Bool {
        below[later]?.contains(earlier) ?? false
    }
}

/// What a progress field reads as: the states that nothing else supersedes.
///
/// A write replaces the states that it supersedes, and never one above it. Two islands that move on different ways leave two
/// states: a branch, which a person settles by a state above both. Until then it reads as the lowest declared state above
/// all of them.
public struct Progress: Hashable, Sendable {
    /// Distinct, ascending. Empty if the field was never set.
    public let heads: [Int64]
    /// The lattice's join of the heads; nil if there are none, or none lies above them all.
    public let joined: Int64?

    public var isBranched: Bool { heads.count > 1 }
}

/// Why a state was not taken. Nothing was written.
public enum ProgressError: Error, Hashable, Sendable {
    /// Another state that lies above it, or the same one, is already there.
    case goesBack(from: Int64, to: Int64)
    case unknownState(Int64)
    /// The same transaction moved on to another state, and neither lies above the other. Only islands make a branch: one
    /// business action says one thing.
    case diverges(from: Int64, to: Int64)
}

extension Record {
    /// Moves a progress field on.
    public mutating func advance(
        _ field: UInt32, to state: Int64, in lattice: Lattice, at version: Version
    ) throws(ProgressError) {
        guard lattice.state(coded: state) != nil else { throw .unknownState(state) }
        let slot = SlotKey(field: field)
        for cell in self[slot] {
            guard case .value(.integer(let present)) = cell.content else { continue }
            let isBack = present == state || lattice.supersedes(present, state)
            if isBack, !Mutants.isOn("progress-goes-back") { throw .goesBack(from: present, to: state) }
            if cell.dot == version.dot, !lattice.supersedes(state, present) { throw .diverges(from: present, to: state) }
        }
        write(Cell(slot: slot, dot: version.dot, stamp: version.stamp, content: .value(.integer(state)))) { cell in
            guard case .value(.integer(let earlier)) = cell.content else { return cell.isMark }
            if Mutants.isOn("superseded-state-stays") { return false }
            return lattice.supersedes(state, earlier) || Mutants.isOn("progress-settles-a-branch-unasked")
        }
    }

    public func progress(_ field: UInt32, in lattice: Lattice) -> Progress {
        var said: Set<Int64> = []
        for case .value(.integer(let state)) in self[SlotKey(field: field)].map(\.content) { said.insert(state) }
        let heads = said.filter { state in !said.contains { lattice.supersedes($0, state) } }
        let states = Mutants.isOn("branch-read-too-high") ? lattice.states.reversed() : lattice.states
        let joined = states.first { candidate in
            !heads.isEmpty && heads.allSatisfy { $0 == candidate.code || lattice.supersedes(candidate.code, $0) }
        }
        return Progress(heads: heads.sorted(), joined: joined?.code)
    }
}
