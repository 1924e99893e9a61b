internal import Sync

/// What machines say of each other.
extension World {
    /// The machines with which one has a session, ascending.
    func peers(of index: Int) -> [Int] {
        guard let hub = nodes[index].program?.hub else { return [] }
        return partners[index].filter { hub.peers[nodes[$0].member] != nil }
    }

    /// - Returns: the session because of which a machine says that it is in sync with another one; nil if it does not, if one of both
    ///   has not heard yet what its replica has just done, or if the other one does not have that session any more.
    func sessionInSync(of index: Int, with other: Int) -> Session? {
        guard let program = nodes[index].program, program.lastHeard < now,
            let key = program.hub.peers[nodes[other].member], program.hub.isInSync(key),
            let connection = program.lines.connections[key],
            let peer = nodes[other].program, peer.lastHeard < now, peer.lines.sessions[connection] != nil
        else { return nil }
        return program.hub[key]
    }

    /// What a machine keeps in memory for its session with another one, as far as that grows with what is to be sent: in the session,
    /// and on its way to the other one.
    func waitingBytes(of index: Int, with other: Int) -> (kept: Int, onTheWay: Int) {
        guard let program = nodes[index].program, let key = program.hub.peers[nodes[other].member] else { return (0, 0) }
        let onTheWay = program.lines.connections[key].map { network.waitingBytes(on: $0, by: index) } ?? 0
        return (program.hub.waitingByteCount(of: key), onTheWay)
    }

    /// Whether two machines are the same member: they take each other's place for ever.
    var hasDoubles: Bool { Set(nodes.map(\.member)).count < nodes.count }

    /// How many records the sessions of all machines have sent.
    var sentRecords: Int {
        nodes.reduce(0) { sum, node in
            guard let hub = node.program?.hub else { return sum }
            return hub.keys.reduce(sum) { $0 + (hub[$1]?.counts.recordsSent ?? 0) }
        }
    }
}
