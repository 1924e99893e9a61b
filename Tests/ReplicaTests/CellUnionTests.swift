import CRDT
import Replica
import Testing

/// What a till and headquarters that hold the same transactions keep of one record in which they differ.
@Suite struct CellUnionTests {
    private let till: Replica
    private let headquarters: Replica
    private let cut: Cut
    /// As the till holds it: a text, and a tag that was taken away.
    private let cells: [Cell]

    init() throws {
        till = try Shop.replica(1)
        headquarters = try Shop.replica(0)
        try till.perform(at: 1000) { try $0.set(Shop.text, of: Shop.note, to: .text("a")) }
        try till.perform(at: 3000) { try $0.insert(.index(7), into: Shop.tags, of: Shop.note) }
        try till.perform(at: 3000) { try $0.remove(Shop.tags, .index(7), of: Shop.note) }
        cut = till.cut(of: Shop.books)
        try headquarters.join([try #require(try till.delta(Shop.books, for: Cut()))], at: 3000)
        cells = try till.record(Shop.note).cells
        #expect(cells.filter(\.isMark).count == 1)
    }

    private func takes(_ cells: [Cell]) throws -> Bool {
        let hasChanged = try headquarters.reconcile(Shop.note, with: cells, from: 1, at: cut)
        #expect(try headquarters.fingerprint(of: Shop.books).sum == headquarters.digest(of: Shop.books))
        return hasChanged
    }

    @Test func `of a value and a touch mark under one dot both keep the value`() throws {
        let valued = cells.map { cell in
            var cell = cell
            if cell.isMark { cell.content = .value(.empty) }
            return cell
        }
        #expect(try takes(valued))
        #expect(try headquarters.record(Shop.note).cells == valued)
        #expect(try !takes(cells))
    }

    @Test func `of two stamps of one transaction both keep the larger`() throws {
        let late = cells.map { cell in
            var cell = cell
            cell.stamp = HLC(milliseconds: 9000)
            return cell
        }
        #expect(try takes(late))
        #expect(try headquarters.record(Shop.note).cells == late)
        #expect(try !takes(cells))
    }

    @Test(arguments: ["A", "zz"])
    func `what a third one wrote is as headquarters have it, whichever is the larger`(_ falsehood: String) throws {
        let neighbour = try Shop.replica(2)
        try neighbour.join([try #require(try till.delta(Shop.books, for: Cut()))], at: 3000)
        let altered = cells.map { cell in
            var cell = cell
            if cell.slot == SlotKey(field: Shop.text) { cell.content = .value(.text(falsehood)) }
            return cell
        }
        #expect(try neighbour.reconcile(Shop.note, with: altered, from: 1, at: cut))
        let (told, due) = (try DeltaRecord(key: Shop.note, cells: altered), try DeltaRecord(key: Shop.note, cells: cells))
        for isMended in [false, true] {
            #expect(try headquarters.reconcile([told], of: Shop.books, from: 2, at: cut, under: 0) { _ in true } == 0)
            let changed = try neighbour.reconcile([due], of: Shop.books, from: 0, at: cut, under: 0) { _ in true }
            #expect(changed == (isMended ? 0 : 1))
            #expect(try neighbour.record(Shop.note).cells == cells && headquarters.record(Shop.note).cells == cells)
        }
    }

    @Test func `touch marks that were collected here do not come back`() throws {
        try headquarters.advanceHorizon(of: Shop.books, acknowledged: [till.vector(of: Shop.books)], at: 3000)
        #expect(try !headquarters.collectMarks())
        let kept = try headquarters.record(Shop.note).cells
        #expect(kept == cells.filter { !$0.isMark })
        #expect(try !takes(cells))
        #expect(try headquarters.record(Shop.note).cells == kept)
    }
}
