import CRDT
import Replica
import Simulation
import Testing

/// Files of earlier versions, made by taking away what later ones added.
@Suite struct MigrationTests {
    private let disk = SimulatedDisk()

    /// A file as version 1 wrote it: without the table `recent`, and with checksums only in the rows of records.
    private func makeVersion1() throws {
        do {
            let replica = try Shop.replica(1, on: disk)
            for number in 1...5 { try replica.sell(UInt64(number), 2, at: 1000) }
            // Moves what version 2 keeps in the table that version 1 has not.
            try replica.checkpoint()
        }
        let file = try Connection(path: "replica.db", mode: .write, vfs: disk.vfsName)
        try #require(try file.integer("SELECT count(*) FROM recent") == 0)
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
        #expect(try file.integer("PRAGMA user_version") == 2)
    }

    @Test func `a reader leaves a file of version 1 to its owner`() throws {
        try makeVersion1()
        #expect(throws: StorageError.olderVersion(path: "replica.db", found: 1, supported: 2)) {
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
