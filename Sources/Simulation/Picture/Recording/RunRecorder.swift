internal import CRDT
internal import Replica
internal import Sync

/// Follows a run and keeps what its picture needs. It reads what machines hold, and changes nothing: a run is the same whether
/// it is recorded or not.
public final class RunRecorder {
    public private(set) var record: RunRecord
    private var holdings: Holdings
    /// Open sessions of each machine with HQ.
    private var sessions: [Set<SessionKey>]

    public init(_ plan: Plan) {
        let machines = plan.stores + 1
        record = RunRecord(wall: plan.wall, workEnd: plan.length, machines: machines)
        holdings = Holdings(machines: machines)
        sessions = Array(repeating: [], count: machines)
    }

    /// Begins with a laboratory that plays the plan, before it runs.
    func follow(_ laboratory: Laboratory) {
        laboratory.onlooker = { [unowned self, unowned laboratory] event, hadEffect in
            note(event.act, hadEffect, at: laboratory.world.now)
        }
        laboratory.world.onlooker = { [unowned self, unowned laboratory] in note($0, in: laboratory) }
    }

    /// The run is over.
    func conclude(_ laboratory: Laboratory, _ violation: RunReport.Finding?) {
        record.conclude(at: laboratory.world.now, violation) { holdings.measure() }
    }

    private func note(_ act: any Act, _ hadEffect: Bool, at time: Int64) {
        // What else faults do is told by the world.
        switch act {
        case let act as ImportDelta where hadEffect: record.note(RunMark(lane: act.node, .file, time, act.file))
        case let act as FenceStore where hadEffect: record.note(RunMark(lane: act.node, .fence, time))
        case let act as Attack where hadEffect:
            let caller = "\(act.way.rawValue), with the certificate of \(Self.name(act.node))"
            record.note(RunMark(lane: act.to, .attack, time, caller))
        default: break
        }
        guard type(of: act).isWork, let node = act.nodes.first else { return }
        record.noteAct(at: node, time, isSale: act is Sell, hadEffect: hadEffect)
    }

    private func note(_ news: WorldNews, in laboratory: Laboratory) {
        let now = laboratory.world.now
        record.noteMissing(until: now) { holdings.measure() }
        switch news {
        case .switchedOn(let node):
            record.end(.off, at: node, now)
            look(at: node, in: laboratory)
        case .switchedOff(let node, let survival):
            record.begin(.off, at: node, now)
            record.end(.connected, at: node, now)
            record.end(.paused, at: node, now)
            sessions[node] = []
            let detail = survival.map { "the disk keeps \($0.rawValue) of what was not synced" } ?? ""
            record.note(RunMark(lane: node, survival == nil ? .kill : .powerFailure, now, detail))
        case .backedUp(let node): record.note(RunMark(lane: node, .backUp, now))
        case .putBack(let node, let source):
            record.note(RunMark(lane: node, .putBack, now, source == node ? "" : "of \(Self.name(source))"))
        case .replaced(let node): record.note(RunMark(lane: node, .replaced, now))
        case .paused(let node): record.begin(.paused, at: node, now)
        case .resumed(let node): record.end(.paused, at: node, now)
        case .diskTroubled(let node, true): record.begin(.diskTrouble, at: node, now)
        case .diskTroubled(let node, false): record.end(.diskTrouble, at: node, now)
        case .clockSet(let node, let jump, let drift):
            record.note(RunMark(lane: node, .clock, now, Self.describe(jump, drift)))
        case .lineChanged(let from, let to): noteLine(from, to, in: laboratory)
        case .torn(let one, let other):
            record.note(RunMark(lane: max(one, other), .torn, now, "to \(Self.name(min(one, other)))"))
        case .sessionOpened(let key, let node, let peer): if peer == 0 { noteSession(key, isOpen: true, at: node, now) }
        case .sessionEnded(let key, let node, let peer): if peer == 0 { noteSession(key, isOpen: false, at: node, now) }
        case .changed(let node, let scopes, let peer): noteChange(at: node, scopes, from: peer, in: laboratory)
        }
    }

    /// After a start a machine may hold less than before.
    private func look(at node: Int, in laboratory: Laboratory) {
        guard let replica = laboratory.world.nodes[node].replica else { return }
        for scope in holdings.scopes(of: node).union(replica.heldScopes).sorted() {
            hold(scope, replica, at: node, laboratory.world.now)
        }
    }

    private func noteChange(at node: Int, _ scopes: [Scope], from peer: Int?, in laboratory: Laboratory) {
        guard let replica = laboratory.world.nodes[node].replica else { return }
        let now = laboratory.world.now
        var gain = 0
        for scope in scopes {
            if peer == nil, let last = laboratory.journal.entries(of: replica.identity.origin, in: scope).last {
                holdings.acknowledge(last.dot.origin, upTo: last.dot.sequence, in: scope)
            }
            gain += hold(scope, replica, at: node, now)
        }
        guard let peer, gain > 0 else { return }
        record.note(RunTransfer(from: peer, to: node, time: now, transactions: gain))
    }

    @discardableResult
    private func hold(_ scope: Scope, _ replica: Replica, at node: Int, _ now: Int64) -> Int {
        let (gain, compared) = holdings.hold(scope, replica.vector(of: scope), replica.digest(of: scope), at: node)
        for other in compared {
            if holdings.differs(other) { record.begin(.differs, at: other, now) } else { record.end(.differs, at: other, now) }
        }
        return gain
    }

    /// Lines between stores are not drawn.
    private func noteLine(_ from: Int, _ to: Int, in laboratory: Laboratory) {
        guard min(from, to) == 0, max(from, to) > 0 else { return }
        let (store, world) = (max(from, to), laboratory.world)
        let (up, down) = (world.condition(from: store, to: 0), world.condition(from: 0, to: store))
        let state: RunSpan.Kind? =
            switch (up.isCut, down.isCut) {
            case (true, true): .cut
            case (true, false): .cutUp
            case (false, true): .cutDown
            case (false, false): up == LineCondition() && down == LineCondition() ? nil : .poor
            }
        for kind in [RunSpan.Kind.cut, .cutUp, .cutDown, .poor] where kind != state { record.end(kind, at: store, world.now) }
        if let state { record.begin(state, at: store, world.now) }
    }

    private func noteSession(_ key: SessionKey, isOpen: Bool, at node: Int, _ now: Int64) {
        if isOpen { sessions[node].insert(key) } else { sessions[node].remove(key) }
        if sessions[node].isEmpty { record.end(.connected, at: node, now) } else { record.begin(.connected, at: node, now) }
    }

    static func name(_ node: Int) -> String { node == 0 ? "HQ" : "store \(node)" }

    private static func describe(_ jump: Int64, _ drift: Int64?) -> String {
        let moved = jump == 0 ? [] : ["\(jump > 0 ? "forwards" : "back") by \(TimeText.length(Int64(jump.magnitude)))"]
        let rate = drift.map { $0 == 0 ? "runs true" : "runs \($0.magnitude) millionths \($0 > 0 ? "fast" : "slow")" }
        return (moved + [rate].compactMap(\.self)).joined(separator: ", ")
    }
}
