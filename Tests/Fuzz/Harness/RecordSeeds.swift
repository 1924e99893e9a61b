internal import CRDT
internal import Replica

extension RecordFuzz {
    static func seeds() throws -> [(name: String, bytes: [UInt8])] {
        try groupSeeds() + nameSeeds() + joinSeeds()
    }

    private static func groupSeeds() throws -> [(name: String, bytes: [UInt8])] {
        var seeds: [(name: String, bytes: [UInt8])] = []
        for collection in [1, 2, 3, 10, 11, 12, 20, 30] as [UInt16] {
            let records = try FuzzScene.shared.get().full.flatMap(\.records)
            guard let record = records.last(where: { $0.key.collection == collection }) else { continue }
            for (place, dot) in Set(try record.cells().map(\.dot)).sorted().enumerated().prefix(3) {
                seeds.append(("group-\(collection)-\(place)", groupSeed(try record.cells(), dot)))
            }
        }
        let cells = try Specimen.cells()
        for dot in Set(cells.map(\.dot)).sorted() {
            seeds.append(("group-specimen-\(dot.origin.member)-\(dot.sequence)", groupSeed(cells, dot)))
        }
        return seeds
    }

    private static func groupSeed(_ cells: [Cell], _ dot: Dot) -> [UInt8] {
        let own = cells.filter { $0.dot == dot && $0.content != .held }
        return encoded { writer in
            writer.write(byte: Mode.group)
            writer.write(fixed64: own.first?.stamp.rawValue ?? 0)
            CellGroup.encode(own, of: dot, into: &writer)
        }
    }

    private static func nameSeeds() throws -> [(name: String, bytes: [UInt8])] {
        let scene = try FuzzScene.shared.get()
        let ids = try ["P00042", "vip", "größe", "S1-0001", "123456789012345678", "9"].map(id)
        var seeds = ids.enumerated().map { place, id in
            (name: "names-id-\(place)", bytes: [Mode.names] + encoded { id.encodeLast(into: &$0) })
        }
        let run = try (0..<4).map { try id("P000\(10 + $0 * $0)") }
        seeds.append(
            (
                "names-run",
                [Mode.names]
                    + encoded { writer in
                        run[0].encodeShape(into: &writer)
                        for (place, id) in run.enumerated() {
                            id.encodeDistance(from: place == 0 ? nil : run[place - 1], into: &writer)
                        }
                    }
            ))
        for delta in scene.full {
            if let key = delta.records.last?.key {
                seeds.append(("names-key-\(delta.header.scope.rawValue)", [Mode.names] + encoded { key.encode(into: &$0) }))
            }
        }
        seeds.append(("names-vector", [Mode.names] + encoded { scene.full[0].header.cut.vector.encode(into: &$0) }))
        return seeds
    }

    /// Three replicas: one that saw the first cells only, one that saw all of them, one that wrote something else.
    private static func joinSeeds() throws -> [(name: String, bytes: [UInt8])] {
        let all = FuzzState(
            record: Record(sortedCells: try Specimen.cells().filter { $0.content != .held }), vector: Specimen.vector)
        var first = all
        first.vector = VersionVector([.init(origin: Specimen.store, sequence: 4)])
        first.record = Record(sortedCells: all.record.cells.filter { first.vector.covers($0.dot) })
        let other = Dot(origin: Origin(member: 3, incarnation: 1), sequence: 1)
        let elsewhere = FuzzState(
            record: Record(sortedCells: [
                Cell(slot: SlotKey(field: 1), dot: other, stamp: HLC(milliseconds: 7), content: .value(.text("elsewhere")))
            ]), vector: VersionVector([.init(origin: other.origin, sequence: 1)]))
        let states = [("first", first), ("all", all), ("elsewhere", elsewhere)]
        var seeds = [(name: "join-three", bytes: [Mode.join] + InputParts.join(states.map(\.1.bytes)))]
        for (one, two) in [(0, 1), (1, 0), (1, 2), (2, 2)] {
            seeds.append(
                (
                    "join-\(states[one].0)-\(states[two].0)",
                    [Mode.join] + InputParts.join([states[one].1.bytes, states[two].1.bytes])
                ))
        }
        return seeds
    }
}
