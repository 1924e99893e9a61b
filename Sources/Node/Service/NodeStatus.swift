internal import CRDT
internal import Foundation
internal import Net
internal import Replica
internal import Sync

/// How a node is doing: what `atoll status` shows and `atoll doctor` explains.
public struct NodeStatus: Codable, Hashable, Sendable {
    public struct Peer: Codable, Hashable, Sendable {
        public var member: UInt32?
        public var name: String
        /// `in sync`, `syncing`, `mending` (something that both share is damaged here), `opening`, `not connected`.
        public var state: String
        public var remote: String?
        /// When the state began, in milliseconds since 1970; nil if it was never otherwise since the node started.
        public var since: Int64?
        /// Pushes that it has not acknowledged.
        public var unacknowledged: Int
        /// Transactions that are held here and that it has not told to hold; nil if it has not told anything since the node
        /// started.
        public var lacks: UInt64?
        /// When it last told how far it holds things, in milliseconds since 1970.
        public var lacksSince: Int64?
        /// The other side's clock less this one's, in milliseconds.
        public var clockOffsetMilliseconds: Int64?
        /// Scopes that are left out, with the reason.
        public var suspended: [String: String]
        /// Why the last session ended, or the last attempt failed.
        public var error: String?
        public var errorDetail: String?
    }

    public struct Relayed: Codable, Hashable, Sendable {
        public var scope: String
        public var origin: String
        public var transactions: UInt64
        public var via: UInt32
    }

    /// What was written by a clock that runs ahead by more than a minute.
    public struct Ahead: Codable, Hashable, Sendable {
        public var scope: String
        public var origin: String
        public var member: UInt32
        /// The member's; empty if it is not known here.
        public var name: String
        /// Its last stamp there, less the clock here.
        public var milliseconds: Int64
    }

    /// The disk takes nothing more.
    public struct DiskTrouble: Codable, Hashable, Sendable {
        /// When it was full first, in milliseconds since 1970.
        public var since: Int64
        /// How often something could not be stored since then.
        public var times: Int
        public var detail: String
    }

    /// Who decides for the chain, as far as this node has heard.
    public struct Office: Codable, Hashable, Sendable {
        /// 0 for the founder's own.
        public var term: UInt64
        public var holder: UInt32
        public var name: String
        /// Milliseconds since 1970; nil for the founder's own.
        public var since: Int64?
        /// It was taken, and not handed over: who held it before is declared lost.
        public var isTaken: Bool
        /// At the holder: what goes along with the office has not been taken in.
        public var waitsForBundle: Bool
    }

    public var member: UInt32
    public var name: String
    public var origin: String
    public var scopes: Int
    /// One hash over all scopes that are whole: equal replicas of the same scopes show the same.
    public var sum: String
    /// Large cuts that are on their way in.
    public var staged: [String]
    public var peers: [Peer]
    /// What came by others and was not confirmed by its origin yet.
    public var relayed: [Relayed]
    public var quarantinedRecords: Int
    /// Scopes with such records, or whose rows do not add up to what they should.
    public var damagedScopes: [String]
    /// Records that hold values which were written without seeing each other; nil until all were looked through once.
    public var contestedRecords: Int?
    /// When that was counted last, in milliseconds since 1970.
    public var contestedAsOf: Int64?
    public var stampsAhead: [Ahead]
    /// What is added to the system's clock, which headquarters' clock has shown to be wrong.
    public var clockCorrectionMilliseconds: Int64
    /// The registrar.
    public var office: Office
    /// From when and until when the certificate holds, in milliseconds since 1970.
    public var certificateBegins: Int64
    public var certificateExpires: Int64
    /// Why the next certificate could not be got; it is asked for again.
    public var renewalFailure: String?
    public var freeDiskBytes: Int64?
    public var diskTrouble: DiskTrouble?
    public var waitingRequests: Int
    public var transactions: Int
    public var commits: Int
}

extension NodeService {
    /// What the loop's thread knows.
    var peerStatus: [NodeStatus.Peer] {
        noteHeld()
        var peers: [NodeStatus.Peer] = []
        var seen: Set<UInt32> = []
        for key in hub.keys {
            guard let line = lines[key], let session = hub[key] else { continue }
            seen.insert(line.identity.member)
            peers.append(status(of: session, key, on: line))
        }
        for (member, past) in history.sorted(by: { $0.key < $1.key }) where !seen.contains(member) {
            seen.insert(member)
            peers.append(
                NodeStatus.Peer(
                    member: member, name: membership[member]?.name ?? "member \(member)", state: "not connected",
                    since: past.lastEnded, unacknowledged: 0, suspended: [:], error: past.error?.name,
                    errorDetail: past.error?.detail))
        }
        for (index, target) in dials.targets.enumerated() {
            if let member = target.member, seen.contains(member) { continue }
            guard let failure = dialFailures[index], target.failures > 0 else { continue }
            peers.append(
                NodeStatus.Peer(
                    member: target.member, name: "\(target.address)", state: "not connected", unacknowledged: 0,
                    suspended: [:], error: failure.isAboutCertificate ? failure.name : "cannot_connect",
                    errorDetail: "\(failure)"))
        }
        return peers
    }

    private func status(of session: Session, _ key: SessionKey, on line: SessionLine) -> NodeStatus.Peer {
        let past = history[line.identity.member]
        let isOpen = session.phase == .open
        // While another session is tried, why the last one ended still holds.
        let error = isOpen ? nil : past?.error
        return NodeStatus.Peer(
            member: line.identity.member, name: line.identity.name,
            state: !isOpen ? "opening" : hub.isInSync(key) ? "in sync" : session.isIdle ? "mending" : "syncing",
            remote: line.remote.description,
            since: isOpen ? past?.lastOpened ?? line.began : line.began, unacknowledged: session.unacknowledgedCount,
            clockOffsetMilliseconds: session.clockOffset?.milliseconds,
            suspended: Dictionary(
                uniqueKeysWithValues: session.suspended.map { ("\($0.key)", "\($0.value)") }),
            error: error?.name, errorDetail: error?.detail)
    }

    /// The rest of it, on the owner's thread.
    func status(
        _ peers: [NodeStatus.Peer], _ history: [UInt32: PeerHistory]
    ) throws -> @Sendable (ReplicaDirectory) throws -> NodeStatus {
        let (waiting, done, validity) = (owner.waitingCount, owner.done, try keys.certificate.validity)
        let (clock, correction, membership) = (clock.milliseconds, clock.correctionMilliseconds, membership)
        let renewalFailure = renewal.failure
        let trouble = owner.diskTrouble.map {
            NodeStatus.DiskTrouble(since: $0.since, times: $0.times, detail: "\($0.error)")
        }
        let contested = contested
        return { directory in
            let replica = directory.replica
            let sum = replica.heldScopes.reduce(Hash128.zero) { sum, scope in
                let summary = replica.summary(of: scope) ?? .zero
                return Hash128(high: sum.high ^ summary.high, low: sum.low ^ summary.low)
            }
            let relayed = replica.relayed.sorted { $0.key < $1.key }.flatMap { scope, spans in
                spans.map {
                    NodeStatus.Relayed(
                        scope: "\(scope)", origin: String($0.origin.rawValue, radix: 16),
                        transactions: $0.upTo - $0.beyond, via: $0.via)
                }
            }
            let ahead = replica.stampsAhead(of: clock).map { scope, origin, stamp in
                NodeStatus.Ahead(
                    scope: "\(scope)", origin: String(origin.rawValue, radix: 16), member: origin.member,
                    name: membership[origin.member]?.name ?? "", milliseconds: stamp.milliseconds - clock)
            }
            var peers = peers
            for index in peers.indices {
                guard let member = peers[index].member, let past = history[member], past.heldSince != nil else { continue }
                (peers[index].lacks, peers[index].lacksSince) = (past.lacks(of: replica), past.heldSince)
            }
            let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory.path)
            return NodeStatus(
                member: directory.card.member, name: directory.card.name,
                origin: String(replica.identity.origin.rawValue, radix: 16), scopes: replica.heldScopes.count,
                sum: "\(sum)", staged: Set(replica.stagedCuts.map(\.header.scope)).sorted().map { "\($0)" }, peers: peers,
                relayed: relayed,
                quarantinedRecords: replica.quarantinedKeys.count, damagedScopes: replica.ailingScopes.map { "\($0)" },
                contestedRecords: contested?.records, contestedAsOf: contested?.asOf, stampsAhead: ahead,
                clockCorrectionMilliseconds: correction, office: try NodeStatus.Office(of: directory),
                certificateBegins: validity.lowerBound, certificateExpires: validity.upperBound,
                renewalFailure: renewalFailure,
                freeDiskBytes: (attributes?[.systemFreeSize] as? NSNumber)?.int64Value, diskTrouble: trouble,
                waitingRequests: waiting, transactions: done.transactions, commits: done.commits)
        }
    }
}

extension NodeStatus.Office {
    fileprivate init(of directory: ReplicaDirectory) throws {
        let membership = try Membership(of: directory)
        let (office, term) = (membership.office, membership.office.terms.last)
        let isHere = office.holder == directory.card.member
        self.init(
            term: office.number, holder: office.holder, name: membership.name(of: office.holder), since: term?.since,
            isTaken: term?.isTaken ?? false,
            waitsForBundle: try isHere && Invitations.read(in: directory.path).term != office.number)
    }
}
