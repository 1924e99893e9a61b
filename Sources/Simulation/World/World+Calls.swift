internal import Replica
internal import Sync

/// Calls of somebody who has a member's certificate: they come over the machine's lines, and its own program hears nothing of them.
extension World {
    /// - Returns: whether both machines were on.
    func call(from node: Int, to called: Int, _ speech: HostileSpeech) -> Bool {
        guard nodes[node].isRunning, nodes[called].isRunning, node != called else { return false }
        let hello = Hello(
            chain: Self.chain, origin: speech.origin, interest: .everything, sum: Hash128(high: 1, low: 2), credit: 1 << 20,
            time: UInt64(clamping: speech.wall), stratum: 1)
        let id = network.dial(from: node, to: called, at: now)
        impostors.insert(nodes[node].member)
        calls[id] = HostileCall(from: node, to: called, greeting: hello, speech)
        return true
    }

    /// - Returns: whether that was for somebody who calls so, and for no program.
    func tellCaller(_ report: SimulatedNetwork.Report) -> Bool {
        switch report {
        case .opened(let id, let dialler, _):
            if let call = calls[id] { say(call.greeting, on: id, by: dialler) }
            return false
        case .failed(let id, _): return calls.removeValue(forKey: id) != nil
        case .received(let bytes, let id, let node):
            guard calls[id]?.node == node else { return false }
            hear(bytes, on: id, by: node)
            return true
        case .drained(let id, let node): return calls[id]?.node == node
        case .closed(let id, let node):
            guard calls[id]?.node == node else { return false }
            calls[id] = nil
            return true
        }
    }

    private func hear(_ bytes: [UInt8], on id: SimulatedNetwork.ConnectionID, by node: Int) {
        do {
            let said = try calls[id]?.hear(bytes) ?? []
            if let forgery = calls[id]?.forgery { forged?(forgery) }
            say(said, on: id, by: node)
        } catch {
            note(error, at: nodes[node])
        }
        guard calls[id]?.isOver != false else { return }
        network.close(id, by: node, at: now)
    }

    private func say(_ bytes: [UInt8], on id: SimulatedNetwork.ConnectionID, by node: Int) {
        trace.add(bytes)
        network.send(bytes, on: id, by: node, at: now)
    }
}
