import Replica
import Sync

/// A line in memory between two replicas. It carries in turns all that one side has to say, and counts every byte that would
/// cross a socket before TLS.
struct BenchLine {
    let left: BenchEnd
    let right: BenchEnd
    private(set) var bytesToRight = 0
    private(set) var bytesToLeft = 0
    /// How often the left side, which dials, had to wait for an answer before data could flow.
    private(set) var roundTrips = 0
    var now = Moment(monotonic: 0, wall: 1_780_000_000_000)

    var bytes: Int { bytesToRight + bytesToLeft }

    init(_ left: Replica, _ right: Replica) throws {
        (self.left, self.right) = (try BenchEnd(left), try BenchEnd(right))
    }

    /// Begins a new session, and carries it until both sides are quiet.
    mutating func connect() throws {
        begin()
        try carry()
        try checkOpen()
    }

    /// The same, each side on a thread of its own; no byte is counted.
    mutating func connectInParallel() throws {
        begin()
        try ParallelLine(left, right, at: now).carry()
        try checkOpen()
    }

    private mutating func begin() {
        (bytesToRight, bytesToLeft, roundTrips) = (0, 0, 0)
        left.begin(with: right.member, asInitiator: true, at: now)
        right.begin(with: left.member, asInitiator: false, at: now)
    }

    private func checkOpen() throws {
        guard left.isOpen, right.isOpen else { throw BenchError.sessionEnded(.timedOut(.opening)) }
    }

    /// Carries what both sides have to say until they are quiet.
    mutating func carry() throws {
        while true {
            var (said, answer): ([UInt8], [UInt8]) = ([], [])
            left.work(at: now) { said += $0 }
            right.receive(said, at: now)
            bytesToRight += said.count
            right.work(at: now) { answer += $0 }
            if !left.isOpen, !answer.isEmpty { roundTrips += 1 }
            left.receive(answer, at: now)
            bytesToLeft += answer.count
            for end in [left, right] { try end.checkUnbroken() }
            if said.isEmpty, answer.isEmpty { return }
        }
    }

    /// Makes sure that both sides hold the same of everything.
    func checkEqual() throws {
        for scope in Set(left.replica.heldScopes + right.replica.heldScopes).sorted() {
            guard left.replica.cut(of: scope) == right.replica.cut(of: scope),
                let digest = left.replica.digest(of: scope), digest == right.replica.digest(of: scope)
            else { throw BenchError.differs(scope) }
        }
    }
}
