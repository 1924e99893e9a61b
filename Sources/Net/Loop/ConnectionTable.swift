/// The connections of a loop by name. An index is used again with the next generation.
struct ConnectionTable {
    private struct Slot {
        var generation: UInt32 = 0
        var connection: Connection?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private(set) var count = 0

    /// By index, so that whoever goes through them does so in the same order each time.
    var all: [Connection] { slots.compactMap(\.connection) }

    subscript(id: ConnectionID) -> Connection? {
        guard id.index < slots.count, slots[Int(id.index)].generation == id.generation else { return nil }
        return slots[Int(id.index)].connection
    }

    mutating func add(_ make: (ConnectionID) -> Connection) -> Connection {
        let index = free.popLast() ?? UInt32(slots.count)
        if index == slots.count { slots.append(Slot()) }
        let connection = make(ConnectionID(index: index, generation: slots[Int(index)].generation))
        slots[Int(index)].connection = connection
        count += 1
        return connection
    }

    mutating func remove(_ id: ConnectionID) {
        guard self[id] != nil else { return }
        slots[Int(id.index)] = Slot(generation: id.generation &+ 1)
        free.append(id.index)
        count -= 1
    }
}
