internal import Sync

/// Programs of several versions of the protocol in one chain.
extension World {
    /// A program of another version takes the place of the one on a machine. While that is off it waits for it to be switched on.
    ///
    /// - Returns: whether it is another one.
    func update(_ index: Int, to version: ProgramVersion) throws -> Bool {
        let (node, wasOn) = (nodes[index], nodes[index].isOn)
        guard node.version != version else { return false }
        kill(index)
        node.version = version
        if wasOn { try start(index) }
        return true
    }

    /// Brings every machine to the newest version that any of them has.
    func updateAll() throws {
        guard let newest = nodes.map(\.version).max() else { return }
        for index in nodes.indices { _ = try update(index, to: newest) }
    }

    /// How a machine's program says what the real one would.
    func worded(_ bytes: [UInt8], on id: SimulatedNetwork.ConnectionID, by node: SimulatedNode) -> [UInt8] {
        guard let program = node.program else { return bytes }
        do {
            return try versions.worded(bytes, on: id, by: node.index, &program.random)
        } catch {
            note(error, at: node)
            return bytes
        }
    }
}
