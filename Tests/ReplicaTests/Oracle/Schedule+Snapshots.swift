import CRDT
import Replica
import Simulation

/// One replica that is only ever told whole states without touch marks, as by a peer that has collected them.
extension Schedule {
    mutating func runSnapshots(steps: Int) throws {
        hasAllMarks = false
        for _ in 0..<steps {
            touched = []
            let index = Int.random(in: 0...1, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                try writeOnce(at: index)
                try commit(index)
            case 4: try tellSender()
            case 5: try sendSnapshot(anyScope())
            case 6: remember(1)
            case 7: try restart(1)
            default:
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    guard let place = transfers[1]?.keys.min() else { break }
                    try moveTransfer(at: place, to: 1)
                    try check(1, place.scope)
                }
            }
            for scope in touched.sorted() { try check(index, scope) }
            for scope in TestSchema.scopes { try check(1, scope) }
            milliseconds += 10
        }
        try converge()
    }

    private mutating func tellSender() throws {
        for scope in TestSchema.scopes {
            let base = sites[0].replica.cut(of: scope)
            if let delta = try delta(from: 1, scope, for: base) { try join([delta], at: 0) }
        }
    }

    /// At once, or as a large cut in pieces of one record.
    private mutating func sendSnapshot(_ scope: Scope) throws {
        let place = Transfer.Place(scope: scope)
        guard transfers[1]?[place] == nil, var delta = try delta(from: 0, scope, for: Cut()) else { return }
        delta.header.reach = .wholeState
        delta.records = try delta.records.compactMap { record in
            let live = try record.cells().filter { !$0.isMark }
            return live.isEmpty ? nil : try DeltaRecord(key: record.key, cells: live)
        }
        if chance(30) { return try join([delta], at: 1) }
        sites[1].intend()
        try require(try sites[1].replica.stage(delta.header) == nil, "a new cut resumes an old one")
        forgetHeld(at: 1)
        transfers[1, default: [:]][place] = Transfer(header: delta.header, pieces: delta.records.map { [$0] })
        sites[1].noteCommit()
    }
}
