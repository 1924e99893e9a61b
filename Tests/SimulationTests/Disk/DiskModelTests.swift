import CSQLite
import Simulation
import Testing

@Suite struct DiskModelTests {
    @Test func `two disks live side by side`() throws {
        let left = SimulatedDisk()
        let right = SimulatedDisk()
        let onLeft = try Connection(left)
        let onRight = try Connection(right)
        try onLeft.run("\(History.tables); \(History.sell(1))")
        try onRight.run("PRAGMA journal_mode = WAL; \(History.tables)")
        left.losePower()
        try onRight.run("\(History.sell(1)); \(History.sell(2))")
        #expect(try onRight.integers("SELECT sales FROM totals") == [2])
        #expect(left.vfsName != right.vfsName)
    }

    @Test func `a disk outlives whoever made it while a connection has it open`() throws {
        let connection = try Connection(SimulatedDisk())
        try connection.run("PRAGMA journal_mode = WAL; \(History.tables); \(History.sell(1))")
        #expect(try connection.integers("SELECT sales FROM totals") == [1])
    }

    @Test func `a disk is gone from SQLite's list at the end of its life`() {
        var disk: SimulatedDisk? = SimulatedDisk()
        let name = disk?.vfsName
        #expect(sqlite3_vfs_find(name) != nil)
        disk = nil
        #expect(sqlite3_vfs_find(name) == nil)
    }

    @Test func `what SQLite spills and sorts takes no name and leaves nothing`() throws {
        let disk = SimulatedDisk()
        let insert = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO"
        do {
            let connection = try Connection(disk)
            try connection.run("PRAGMA cache_size = 5; PRAGMA temp_store = FILE; CREATE TABLE bulk (content BLOB)")
            try connection.run("\(insert) bulk SELECT randomblob(3000) FROM n")
            let usedBytes = disk.usedBytes
            try connection.run("CREATE TEMP TABLE spilled (content BLOB); \(insert) spilled SELECT randomblob(9000) FROM n")
            #expect(try connection.rows("SELECT count(*) FROM (SELECT content FROM bulk ORDER BY content)") == [["300"]])
            #expect(disk.usedBytes > usedBytes)
            #expect(disk.image.files.keys.sorted() == ["shop.sqlite"])
        }
        #expect(disk.usedBytes == disk.image.files["shop.sqlite"]?.count)
    }

    @Test func `a file that was never synced may be missing after a power cut, or empty, or whole`() throws {
        let disk = SimulatedDisk()
        let connection = try Connection(disk)
        try connection.run("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; \(History.tables)")
        var random = SeededRandom(seed: 7)
        let images = (0..<200).map { _ in disk.powerCut(keeping: .subset, using: &random).files["shop.sqlite"] }
        #expect(images.contains(nil))
        #expect(images.contains([]))
        #expect(images.contains(disk.image.files["shop.sqlite"]))
        #expect(disk.powerCut(keeping: .nothing, using: &random) == DiskImage())
        #expect(disk.powerCut(keeping: .everything, using: &random) == disk.image)
    }

    @Test func `a torn write ends at a sector, and garbage stays within one`() throws {
        for isPowersafe in [true, false] {
            let disk = SimulatedDisk(isPowersafeOverwrite: isPowersafe)
            let connection = try Connection(disk)
            try connection.run("PRAGMA journal_mode = MEMORY; CREATE TABLE bulk (content BLOB)")
            let old = try #require(disk.image.files["shop.sqlite"])
            try connection.run("PRAGMA synchronous = OFF; INSERT INTO bulk VALUES (zeroblob(3000))")
            let new = try #require(disk.image.files["shop.sqlite"])
            var random = SeededRandom(seed: 8)
            var mixed = 0
            var damaged = 0
            for _ in 0..<300 {
                let cut = try #require(disk.powerCut(keeping: .tornPrefix, using: &random).files["shop.sqlite"])
                var foreign = 0
                for start in stride(from: 0, to: cut.count, by: 512) {
                    let sector = cut[start..<start + 512]
                    if sector != new[start..<start + 512], sector != old[start..<start + 512] { foreign += 1 }
                }
                #expect(foreign <= (isPowersafe ? 0 : 1))
                damaged += foreign
                if cut != old, cut != new { mixed += 1 }
            }
            #expect(mixed > 0)
            #expect((damaged > 0) == !isPowersafe)
        }
    }

    @Test func `page reads are counted below the engine`() throws {
        let written = SimulatedDisk()
        let writer = try Connection(written)
        try writer.run("PRAGMA page_size = 1024; CREATE TABLE rows (id INTEGER PRIMARY KEY, content BLOB)")
        try writer.run(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            INSERT INTO rows SELECT i, zeroblob(100) FROM n
            """)
        let disk = SimulatedDisk(written.image)
        let reader = try Connection(disk)
        #expect(try reader.integers("SELECT count(*) FROM sqlite_schema") == [1])
        disk.resetPageReads()
        #expect(try reader.integers("SELECT id FROM rows WHERE id = 1500") == [1500])
        let lookup = disk.pageReads(of: "shop.sqlite")
        #expect((2...4).contains(lookup.count), "\(lookup)")
        #expect(lookup.values.allSatisfy { $0 == 1 })
        disk.resetPageReads()
        #expect(try reader.integers("SELECT sum(length(content)) FROM rows") == [200_000])
        let pageCount = try reader.integers("PRAGMA page_count")[0]
        #expect(disk.pageReads(of: "shop.sqlite").count > pageCount / 2)
        #expect(disk.pageReads(of: "missing.sqlite").isEmpty)
    }

    @Test func `page reads from a log are counted by the page of the database`() throws {
        let disk = SimulatedDisk()
        let writer = try Connection(disk)
        try writer.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; \(History.tables); \(History.sell(1))")
        let reader = try Connection(disk)
        disk.resetPageReads()
        #expect(try reader.integers("SELECT sales FROM totals") == [1])
        let root = try writer.integers("SELECT rootpage FROM sqlite_schema WHERE name = 'totals'")[0]
        #expect(disk.pageReads(of: "shop.sqlite-wal") == [1: 1, root: 1])
    }

    @Test func `the same seed draws the same power cuts`() {
        let disk = SimulatedDisk()
        disk.arm(DiskFault(.powerLoss, after: 200, of: DiskOperation.changes))
        _ = History.log.run(on: disk)
        let cuts = [9, 9, 10].map { (seed: UInt64) in
            var random = SeededRandom(seed: seed)
            return (0..<20).map { _ in disk.powerCut(keeping: .sectors, using: &random) }
        }
        #expect(cuts[0] == cuts[1])
        #expect(cuts[0] != cuts[2])
    }

    /// In a process of its own, since the seed of SQLite's generator holds for the whole process.
    @Test func `the same history leaves the same bytes`() async {
        await #expect(processExitsWith: .success) {
            let images = [11, 11, 12].map { (seed: Int32) in
                let disk = SimulatedDisk()
                atoll_sqlite_seed(seed)
                disk.arm(DiskFault(.powerLoss, after: 300, of: DiskOperation.changes))
                _ = History.log.run(on: disk)
                return disk.image
            }
            #expect(images[0] == images[1])
            #expect(images[0] != images[2])
        }
    }
}
