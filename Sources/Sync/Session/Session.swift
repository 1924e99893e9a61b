public import CRDT
public import Replica

/// One side of a conversation between two replicas, without any input or output of its own (`Protocol/sync.md`).
///
/// It takes bytes and times, and leaves bytes to be sent (`takeOutput`) and requests to the replica (`takeRequests`), whose
/// answers it takes in turn. Whoever drives it carries those, in order, and calls `tick` when `nextDeadline` has come.
///
/// Nothing is acknowledged before the replica has answered that it is durable; nothing is sent before the other side has told
/// how far it holds a scope. Of each scope it keeps two cuts: what the other side holds once all that was sent has arrived, and
/// what the other side takes for held here. Both ends compute both from the same frames, so pushes name changes only.
public struct Session {
    public let parameters: SessionParameters
    public internal(set) var access: Access

    public enum Phase: Hashable, Sendable {
        /// Finding out how far things are held here, or waiting for the other side's first frame.
        case greeting
        /// Telling each other how far scopes are held.
        case offering
        /// Comparing the past, if there is doubt; waiting until the other side is through with that.
        case settling
        /// Data flows.
        case open
        case closed
    }

    public internal(set) var phase = Phase.greeting
    /// Why it is over; nil while it is not.
    public internal(set) var end: SessionError?
    /// What the other side said in its first frame.
    public internal(set) var hello: Hello?
    public internal(set) var clockOffset: ClockOffset?
    /// Scopes that are left out for the rest of the session, and why.
    public internal(set) var suspended: [Scope: SessionError] = [:]
    public internal(set) var counts = SessionCounts()
    /// What the other side has told to hold durably, by scope; nil while something is on its way there.
    public var acknowledged: [Scope: VersionVector]? {
        if phase == .closed { return lastAcknowledged }
        return phase == .open && sending.flights.isEmpty ? told.mapValues(\.cut.vector) : nil
    }

    var reader = FrameReader()
    var output: [UInt8] = []
    var requests: [SessionRequest] = []
    var opening = Opening()
    /// By scope, what the other side holds, or will when all that was sent has come.
    var told: [Scope: PushBasis] = [:]
    /// By scope, what the other side takes for held here.
    var heard: [Scope: PushBasis] = [:]
    var sending = Sending()
    var receiving = Receiving()
    var repairing: Repairing
    var times: Times
    var allowance: FrameAllowance
    var isWritable = true
    /// This session has asked headquarters about another member's past.
    var hasYielded = false
    private var lastAcknowledged: [Scope: VersionVector]?
    let codecs: SessionCodecs

    struct Times {
        var began: Int64
        var lastHeard: Int64
        var lastPing: Int64
        /// When the first byte of an unfinished frame came.
        var frameBegan: Int64?
        /// What the wall clock showed in the first frame that was sent, and in the last ping that is not answered.
        var greetedWall: Int64?
        var pingWall: Int64?
        /// Since when there is something to send, and no credit.
        var starvedSince: Int64?
        /// When something was sent that is not acknowledged, or the last acknowledgement came since.
        var unacknowledgedSince: Int64?
        /// Since when a scope is left out, as far as the clock was looked at.
        var leftOutSince: Int64?
    }

    /// - Parameter codecs: shared by all sessions of one thread.
    public init(_ parameters: SessionParameters, codecs: SessionCodecs, at now: Moment) {
        self.parameters = parameters
        self.codecs = codecs
        access = parameters.access
        times = Times(began: now.monotonic, lastHeard: now.monotonic, lastPing: now.monotonic)
        allowance = FrameAllowance(at: now.monotonic)
        repairing = Repairing(at: now.monotonic)
        receiving.credit = Int64(parameters.bounds.creditBytes)
        if parameters.isInitiator { requests.append(.standing(parameters.interest)) }
    }

    /// What is to be sent, in order.
    public mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// What the replica is asked, in order.
    public mutating func takeRequests() -> [SessionRequest] {
        defer { requests = [] }
        return requests
    }

    /// Takes bytes as they arrive, in any fragmentation.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, at now: Moment) {
        guard phase != .closed else { return }
        times.lastHeard = now.monotonic
        counts.bytesReceived += bytes.count
        reader.append(bytes)
        read(at: now)
    }

    /// Takes frames as long as the replica keeps up. Small data can be large once it is unpacked, so that credit alone does not
    /// bound what waits for the disk: while too much does, frames wait as bytes, in their order.
    private mutating func read(at now: Moment) {
        do throws(SessionError) {
            while phase != .closed, !receiving.isFull(parameters.bounds), let (kind, body) = try reader.next() {
                times.frameBegan = nil
                counts.framesReceived += 1
                if !FrameKind.isLimitedOtherwise(kind), !allowance.take(at: now.monotonic) { throw .flooded(kind: kind) }
                guard let frame = try Frame(kind: kind, body: body) else { continue }
                try handle(frame, byteCount: body.count, at: now)
            }
            guard receiving.isFull(parameters.bounds) else {
                if reader.waitingCount > 0, times.frameBegan == nil { times.frameBegan = now.monotonic }
                return
            }
            // The other side is not to blame for a frame that is not read.
            times.frameBegan = nil
            guard reader.waitingCount <= parameters.bounds.creditBytes + 2 * FrameLimits.bytes else { throw .creditExceeded }
        } catch {
            close(because: error)
        }
    }

    /// Takes what a request came to.
    public mutating func answer(_ answer: SessionAnswer, at now: Moment) {
        guard phase != .closed else { return }
        do throws(SessionError) {
            try handle(answer, at: now)
        } catch {
            close(because: error)
        }
        if reader.waitingCount > 0 { read(at: now) }
    }

    /// Learns that these scopes hold something new, from the moment on at which the session begins: what changes after the
    /// other side was told how far things are held here is known to nobody else.
    public mutating func noteChanges(of scopes: some Sequence<Scope>, at now: Moment) {
        guard phase != .closed else { return }
        if phase != .open, Mutants.isOn("changes-while-opening-forgotten") { return }
        // What the other side wants is not known before its first frame; once both are ready, what it does not is left out.
        for scope in scopes where hello == nil ? parameters.interest.contains(scope) : shares(scope) {
            sending.dirty.insert(scope)
        }
        pump(at: now)
    }

    /// Whether the other side takes more for held here than is, of a scope that is not left out.
    func hasToldMore(than standings: [Scope: Standing]) -> Bool {
        heard.contains { scope, basis in
            guard let held = standings[scope]?.cut.vector, shares(scope) else { return false }
            return !held.covers(basis.cut.vector)
        }
    }

    /// Learns whether the line takes what is sent; while it does not, nothing more is made ready.
    public mutating func noteWritable(_ isWritable: Bool, at now: Moment) {
        self.isWritable = isWritable
        if isWritable { pump(at: now) }
    }

    /// Learns who may do what from now on.
    public mutating func noteAccess(_ access: Access, at now: Moment) {
        guard phase != .closed else { return }
        self.access = access
        if access[parameters.peer].isRevoked { close(because: .revoked(member: parameters.peer)) }
    }

    /// Ends the session; what was not acknowledged will be sent by the next one, and large deltas go on where they were: so
    /// whoever keeps their spools keeps them for it.
    public mutating func close(because error: SessionError) {
        guard phase != .closed else { return }
        lastAcknowledged = acknowledged
        (phase, end) = (.closed, error)
        switch error {
        case .ended, .lost: break
        default: emit(.goodbye(code: error.code, detail: error.description))
        }
        (told, heard, sending, receiving, opening) = ([:], [:], Sending(), Receiving(), Opening())
        repairing.stop()
        reader = FrameReader()
    }

    /// The line is gone.
    public mutating func lose() {
        close(because: .lost)
    }

    mutating func emit(_ frame: Frame) {
        let bytes = frame.bytes
        output += bytes
        counts.framesSent += 1
        counts.bytesSent += bytes.count
        guard frame.kind.isData else { return }
        sending.credit -= Int64(bytes.count)
        allowance.note(bytesSent: bytes.count)
    }

    /// Whether a scope is for both sides, and goes on in this session.
    func shares(_ scope: Scope) -> Bool {
        guard let hello, suspended[scope] == nil else { return false }
        return parameters.interest.contains(scope) && hello.interest.contains(scope)
            && access.mayRead(parameters.peer, scope) && access.mayRead(parameters.origin.member, scope)
    }

    /// Whether it is for both sides, be it left out since: what was on its way still comes.
    func expects(_ scope: Scope) -> Bool { suspended[scope] != nil || shares(scope) }

    mutating func suspend(_ scope: Scope, because error: SessionError) {
        suspended[scope] = error
        sending.dirty.remove(scope)
        repairing.forget(scope)
        if receiving.bulk?.header.scope == scope { receiving.bulk?.ignore() }
    }
}

/// What a session has done so far.
public struct SessionCounts: Hashable, Sendable {
    public var bytesSent = 0
    public var bytesReceived = 0
    public var framesSent = 0
    public var framesReceived = 0
    public var recordsSent = 0
    public var recordsReceived = 0
    public var deltasReceived = 0
    /// Scopes that were found unequal at equal cuts, and are equal now; records that were set aside, and are back.
    public var scopesMended = 0
    public var recordsMended = 0
}

/// Encoders and decoders that all sessions of one thread share.
public final class SessionCodecs {
    let pushEncoder: PushEncoder
    let pushDecoder: PushDecoder
    let readChain: ChainReading

    /// Reads what records of the scope `chain` say of who may do what, and gives that on top of what was known.
    public typealias ChainReading = @Sendable (Access, [DeltaRecord]) -> Access

    /// - Parameter readChain: by default nothing is read out of them.
    public init(readingChain readChain: @escaping ChainReading = { access, _ in access }) throws {
        self.readChain = readChain
        pushEncoder = try PushEncoder()
        pushDecoder = try PushDecoder()
    }
}
