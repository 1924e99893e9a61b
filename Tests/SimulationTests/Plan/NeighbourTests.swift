import Simulation
import Testing

@Suite struct NeighbourTests {
    private func pairs(_ body: String, stores: Int) throws -> [[Int]] {
        let text = "{\"about\": \"x\", \"stores\": \(stores), \"minutes\": 1, \(body)}"
        let scenario = try Scenario.read(Array(text.utf8), named: "test.json")
        return scenario.neighbours.pairs.map { [$0.one, $0.other] }
    }

    @Test func `in a ring each store dials the next, and the first the last`() throws {
        #expect(try pairs("\"ring\": true", stores: 4) == [[1, 2], [1, 4], [2, 3], [3, 4]])
        #expect(try pairs("\"ring\": true", stores: 2) == [[1, 2]])
        #expect(try pairs("\"ring\": true", stores: 1).isEmpty)
    }

    @Test func `on an island all dial each other once`() throws {
        #expect(try pairs("\"islands\": [[3, 1, 2], [4], [2, 1]]", stores: 4) == [[1, 2], [1, 3], [2, 3]])
    }

    @Test func `an island has no stores that the chain has not`() {
        #expect(throws: ScenarioErrors.self) { try pairs("\"islands\": [[1, 5]]", stores: 4) }
        #expect(throws: ScenarioErrors.self) { try pairs("\"islands\": [[0, 1]]", stores: 4) }
    }

    /// HQ is off: what one store writes reaches another one only if somebody dials it.
    @Test(arguments: [true, false]) func `stores agree without HQ if they are neighbours`(_ areNeighbours: Bool) throws {
        let text = """
            {
              "about": "Three stores without HQ.", "stores": 3, "minutes": 10, "swarm": false,
              "islands": \(areNeighbours ? "[[1, 2], [2, 3]]" : "[[1, 2]]"),
              "faults": [{"kind": "machine_off", "nodes": [0], "from": 0, "minutes": 10}],
              "events": [
                {"at": 60000, "kind": "edit_customer", "node": 1, "customer": "C1", "phone": "+49 1", "add_tags": [], "remove_tags": []},
                {"at": 300000, "kind": "must_agree", "nodes": [1, 2]},
                {"at": 300001, "kind": "must_agree", "nodes": [1, 2, 3]}
              ]
            }
            """
        let report = try RunReport(playing: Plan(try Scenario.read(Array(text.utf8), named: "test.json"), seed: 1))
        if areNeighbours { return #expect(report.violation == nil) }
        #expect(report.violation?.oracle == "convergence" && report.violation?.node == 3)
        #expect(report.violation?.milliseconds == 300_001)
    }
}
