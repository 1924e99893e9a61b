import CRDT
import Replica
import Simulation
import Testing

/// Files of earlier versions, made by taking away what later ones added.
@Suite struct MigrationTests {
    private let disk = SimulatedDisk()

    /// A file as version 1 wrote it: without the table `recent`, and with checksums only in the rows of records.
    private func makeVersion1(_ more: (Replica) throws -> Void = { _ in }) throws {
        do {
            let replica = try Shop.replica(1, on: disk)
            for number in 1...5 { try replica.sell(UInt64(number), 2, at: 1000) }
            try more(replica)
            // Moves what version 2 keeps in the table that version 1 has not.
            try replica.checkpoint()
        }
        let file = try Connection(path: "replica.db", mode: .write, vfs: disk.vfsName)
        try #require(try file.integer("SELECT count(*) FROM recent") == 0)
        // Their first eight bytes say who sends them.
        try file.execute("UPDATE transfer SET key = substr(key, 9); UPDATE staged SET key = substr(key, 9)")
        let sealed = Table.allCases.filter { $0 != .record }.map(\.rawValue) + ["meta"]
        for table in sealed {
            try file.execute("UPDATE \(table) SET value = substr(value, 1, length(value) - 4)")
        }
        try file.execute("ALTER TABLE origin DROP COLUMN checksum; DROP TABLE recent; PRAGMA user_version = 1")
    }

    @Test func `a file of version 1 goes on where it stood, and is one of today's from then on`() throws {
        try makeVersion1()
        for run in 2...3 as ClosedRange<UInt64> {
            let replica = try Replica.open(at: "replica.db", Shop.parameters(disk, run: run))
            try replica.sell(100 + run, 3, at: 2000)
        }
        let replica = try Replica.open(at: "replica.db", Shop.parameters(disk, run: 4))
        #expect(try replica.soldItems == 16)
        #expect(try replica.soldByFacts == 16)
        #expect(replica.vector(of: Shop.books).sequence(of: replica.identity.origin) == 7)
        #expect(try replica.knowledge(of: replica.identity.origin, in: Shop.books).points.map(\.sequence) == Array(1...7))
        let file = try Connection(path: "replica.db", mode: .read, vfs: disk.vfsName)
        #expect(try file.integer("PRAGMA user_version") == 3)
    }

    @Test func `cuts that were on their way in a file of version 1 go on where they stood`() throws {
        let (till, other) = (try Shop.replica(2), try Shop.replica(3))
        for number in 1...40 { try till.sell(UInt64(number), 1, at: 1000) }
        try other.sell(1000, 7, at: 1000)
        let half = try #require(try till.delta(Shop.books, for: Cut()))
        let waiting = try #require(try other.delta(Shop.stock, for: Cut()))
        try makeVersion1 { replica in
            _ = try replica.stage(waiting.header)
            try replica.stage(waiting.records, in: Shop.stock)
            _ = try replica.stage(half.header, from: 2)
            for record in half.records { try replica.stage([record], in: Shop.books, from: 2) }
            try replica.publish(Shop.books, from: 2)
            #expect(try replica.fold(at: 2000, byteBudget: 1))
        }
        let replica = try Replica.open(at: "replica.db", Shop.parameters(disk, run: 2))
        #expect(replica.foldingScopes == [Shop.books])
        #expect(try replica.stagedPosition(of: Shop.stock, from: nil)?.last == waiting.records.last?.key)
        while try replica.fold(at: 3000) {}
        try replica.publish(Shop.stock)
        while try replica.fold(at: 3000) {}
        #expect(try replica.soldByFacts == 40 + 10)
        #expect(try replica.soldItems == 10 + 7)
        #expect(replica.stagedCuts.isEmpty)
        let file = try Connection(path: "replica.db", mode: .read, vfs: disk.vfsName)
        #expect(try file.integer("SELECT (SELECT count(*) FROM staged) + (SELECT count(*) FROM transfer)") == 0)
    }

    @Test func `a reader leaves a file of version 1 to its owner`() throws {
        try makeVersion1()
        #expect(throws: StorageError.olderVersion(path: "replica.db", found: 1, supported: 3)) {
            try Replica.read(at: "replica.db", Shop.parameters(disk, run: 2))
        }
    }

    @Test func `a full disk leaves a file of version 1 as it was`() throws {
        try makeVersion1()
        for operation in 0..<20 {
            disk.arm(DiskFault(.fullFromThenOn, after: operation, of: [.write]))
            guard (try? Replica.open(at: "replica.db", Shop.parameters(disk, run: 2))) == nil else { break }
            disk.disarm()
            let file = try Connection(path: "replica.db", mode: .read, vfs: disk.vfsName)
            #expect(try file.integer("PRAGMA user_version") == 1)
        }
        disk.disarm()
        #expect(try Replica.open(at: "replica.db", Shop.parameters(disk, run: 3)).soldItems == 10)
    }
}
