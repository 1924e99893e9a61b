import CRDT
import Foundation
import Replica
import Simulation
import Testing

/// Files whose rows do not say what was written to them.
@Suite struct TableDamageTests {
    private static let givenSeed = ProcessInfo.processInfo.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }

    /// What is left to do with a damaged replica: each either works or is refused with a typed error.
    private static func work(_ replica: Replica, _ specimen: Specimen) throws {
        let acts: [() throws -> Void] = [
            { _ = try replica.verifyRows() },
            { _ = try replica.collectMarks() },
            { try replica.join([specimen.news].compactMap(\.self), at: Site.epoch) },
            {
                try replica.perform(at: Site.epoch) {
                    for scope in Specimen.scopes {
                        try $0.set(TestSchema.Ticket.title, of: TestSchema.ticket(3, in: scope), to: .integer(33))
                    }
                }
            },
            { try replica.dropStaged(Specimen.scopes[2]) },
            { while try replica.fold(at: Site.epoch) {} },
            { try replica.compact() },
            { for scope in Specimen.scopes { _ = try replica.delta(scope, for: Cut()) } },
            { try replica.checkpoint() },
        ]
        for (number, act) in acts.enumerated() {
            do {
                try act()
            } catch is StorageError {
            } catch is ReplicaError {
            } catch {
                Issue.record("act \(number) fails with an error of no type: \(error)")
            }
        }
    }

    /// - Parameter isLost: the damage has put a row where nobody looks for it; looking at all rows must find it then.
    /// - Returns: whether the damage was noticed.
    @discardableResult
    private static func examine(
        _ image: DiskImage, _ specimen: Specimen, _ what: String, isLost: Bool = false
    ) -> Bool {
        do {
            return try Specimen.open(image) { replica in
                let answers = Specimen.answers(of: replica, specimen.keys)
                if isLost, (try? replica.verifyRows()) == nil { return true }
                for (question, answer) in answers where answer != Specimen.refused {
                    #expect(answer == specimen.answers[question], "\(what): \(question)")
                }
                try work(replica, specimen)
                return answers.values.contains(Specimen.refused)
            }
        } catch is StorageError {
        } catch is ReplicaError {
        } catch {
            Issue.record("\(what): opening fails with an error of no type: \(error)")
        }
        return true
    }

    private static func flipped(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        return bytes
    }

    private static func isSystem(_ key: [UInt8]) -> Bool { key.dropFirst().first.map { (2...3).contains($0) } ?? false }

    @Test(arguments: Table.allCases)
    func `a flipped bit in any row is a typed error or changes no answer`(_ table: Table) throws {
        let specimen = try Specimen()
        let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let rows = try specimen.rows(of: table.rawValue).filter { table != .record || !Self.isSystem($0.key) }
        #expect(!rows.isEmpty)
        for _ in 0..<40 {
            guard let row = rows.randomElement(using: &random) else { return }
            // A record under another key is found by checking the rows; others notice it at once.
            let hitsKey = table != .record && Bool.random(using: &random)
            let damaged = Self.flipped(hitsKey ? row.key : row.value, &random)
            let image = try specimen.changed(
                "UPDATE OR REPLACE \(table.rawValue) SET \(hitsKey ? "key" : "value") = ? WHERE key = ?"
            ) { $0.bind(copying: damaged, at: 1).bind(copying: row.key, at: 2) }
            let isNoticed = Self.examine(
                image, specimen, "ATOLL_TEST_SEED=\(seed), \(table) \(row.key) \(hitsKey ? "key" : "value")",
                isLost: hitsKey)
            // Marks and transfers are not read until something is done with them.
            #expect(isNoticed || table == .mark || table == .staged)
        }
    }

    @Test func `a flipped bit anywhere in the file is a typed error at most`() throws {
        let specimen = try Specimen()
        let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let closed = SimulatedDisk(specimen.image)
        try withExtendedLifetime(closed) {
            _ = try Connection(path: Site.path, mode: .write, vfs: closed.vfsName).integer("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        for _ in 0..<150 {
            let image = DiskImage(files: closed.image.files.mapValues { $0.isEmpty ? $0 : Self.flipped($0, &random) })
            do {
                try Specimen.open(image) { try Self.work($0, specimen) }
            } catch is StorageError {
            } catch is ReplicaError {
            } catch {
                Issue.record("ATOLL_TEST_SEED=\(seed): opening fails with an error of no type: \(error)")
            }
        }
    }

    /// One bit in front of a row makes text of its key, which SQLite sorts before all bytes: a chunk of one scope was read, and
    /// its checksum was right, where those of another are asked for. Folded into that one, it brought records of two scopes
    /// under one block of the index, and the program to an end.
    @Test(arguments: Table.allCases)
    func `a row whose key is no longer where it belongs is no row of its neighbours`(_ table: Table) throws {
        let specimen = try Specimen()
        let closed = SimulatedDisk(specimen.image)
        try withExtendedLifetime(closed) {
            _ = try Connection(path: Site.path, mode: .write, vfs: closed.vfsName).integer("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let file = try #require(closed.image.files[Site.path])
        for row in try specimen.rows(of: table.rawValue) {
            // In front of a row stand the size of its head, and what its key and its value are: so many bytes, or text.
            let (key, value) = (UInt8(row.key.count * 2 + 12), row.value.count * 2 + 12)
            let head = value < 128 ? [3, key, UInt8(value)] : [4, key, UInt8(value / 128 | 128), UInt8(value % 128)]
            let places = file.indices.filter { file[$0...].starts(with: head + row.key) }
            #expect(!places.isEmpty)
            var damaged = file
            for place in places { damaged[place + 1] ^= 1 }
            do {
                let image = DiskImage(files: closed.image.files.merging([Site.path: damaged]) { $1 })
                try Specimen.open(image) { replica in
                    try Self.work(replica, specimen)
                    for scope in Specimen.scopes { #expect(try replica.keys(of: scope).allSatisfy { $0.scope == scope }) }
                }
            } catch is StorageError {
            } catch is ReplicaError {
            } catch {
                Issue.record("\(table) \(row.key): opening fails with an error of no type: \(error)")
            }
        }
    }

    @Test func `a flipped bit in what the file says about itself is noticed at once`() throws {
        let specimen = try Specimen()
        var random = SeededRandom(seed: 1)
        for row in try specimen.rows(of: "meta", "name") where !row.key.starts(with: "rescan".utf8) {
            for _ in 0..<10 {
                let damaged = Self.flipped(row.value, &random)
                let image = try specimen.changed("UPDATE meta SET value = ? WHERE name = ?") {
                    $0.bind(copying: damaged, at: 1).bind(String(decoding: row.key, as: UTF8.self), at: 2)
                }
                #expect(Self.examine(image, specimen, "meta \(row.key)"))
            }
        }
        for change in ["origin = origin + 1", "origin = -origin", "number = number + 7", "checksum = checksum + 1"] {
            let image = try specimen.changed("UPDATE origin SET \(change) WHERE number = 1")
            #expect(Self.examine(image, specimen, change))
        }
    }

    @Test func `a block of the index that is missing is noticed`() throws {
        let specimen = try Specimen()
        let rows = try specimen.rows(of: Table.change.rawValue).filter { $0.key[0] == Specimen.scopes[0].rawValue }
        #expect(rows.count > 2)
        for row in rows {
            let image = try specimen.changed("DELETE FROM change WHERE key = ?") { $0.bind(copying: row.key, at: 1) }
            #expect(Self.examine(image, specimen, "\(row.key) missing"))
        }
    }

    @Test func `a record under another key is found by whoever looks at all rows`() throws {
        let specimen = try Specimen()
        for row in try specimen.rows(of: "record") {
            var key = row.key
            key[key.count - 1] ^= 8
            let image = try specimen.changed("UPDATE OR REPLACE record SET key = ? WHERE key = ?") {
                $0.bind(copying: key, at: 1).bind(copying: row.key, at: 2)
            }
            #expect(try Specimen.open(image) { try $0.verifyRows() }.count == 1)
        }
    }

    @Test func `a damaged horizon stops nobody: marks stay, and peers get whole states`() throws {
        let specimen = try Specimen()
        let rows = try specimen.rows(of: "record").filter { $0.key.starts(with: [0, 2]) }
        let row = try #require(rows.first)
        var value = row.value
        value[value.count - 1] ^= 1
        let image = try specimen.changed("UPDATE record SET value = ? WHERE key = ?") {
            $0.bind(copying: value, at: 1).bind(copying: row.key, at: 2)
        }
        let scope = Specimen.scopes[0]
        let peer = try Specimen.open(specimen.image) { try #require($0.cut(of: scope).points.first) }
        let base = Cut([peer])
        #expect(try Specimen.open(specimen.image) { try $0.extraction(scope, for: base)?.header.reach } == .namedSlots)
        try Specimen.open(image) { replica in
            #expect(replica.quarantinedKeys.map(\.collection).contains(2))
            #expect(try replica.extraction(scope, for: base)?.header.reach == .wholeState)
            #expect(try replica.record(TestSchema.ticket(1, in: scope)).cells.count == 1)
            try replica.perform(at: Site.epoch) {
                try $0.set(TestSchema.Ticket.title, of: TestSchema.ticket(1, in: scope), to: .integer(2))
            }
            let marked = TestSchema.ticket(7, in: scope)
            _ = try replica.collectMarks()
            #expect(try replica.record(marked).cells.count == 1)
            #expect(throws: ReplicaError.self) {
                try replica.advanceHorizon(of: scope, acknowledged: [], at: Site.epoch)
            }
        }
    }

    @Test func `a damaged closure still closes, and stops nobody`() throws {
        let site = try Site(1)
        let (scope, closed) = (Specimen.scopes[0], site.identity.origin)
        func write(_ replica: Replica) throws {
            try replica.perform(at: Site.epoch) {
                try $0.set(TestSchema.Ticket.title, of: TestSchema.ticket(1, in: scope), to: .empty)
            }
        }
        try write(site.replica)
        try site.replica.reincarnate(as: 4711, at: Site.epoch)
        try site.replica.checkpoint()
        let specimen = Specimen(damaging: site.disk.image)
        let row = try #require(try specimen.rows(of: "record").first { $0.key.dropFirst().first == 3 })
        let image = try specimen.changed("UPDATE record SET value = ? WHERE key = ?") {
            $0.bind(copying: row.value.dropLast() + [row.value[row.value.count - 1] ^ 1], at: 1)
                .bind(copying: row.key, at: 2)
        }
        try Specimen.open(image) { replica in
            #expect(replica.quarantinedKeys.map(\.collection) == [3])
            #expect(replica.closedOrigins == [closed])
            try write(replica)
            try replica.quarantine(replica.quarantinedKeys[0])
            #expect(replica.closedOrigins == [closed])
            #expect(try replica.record(TestSchema.ticket(1, in: scope)).cells.count == 1)
        }
    }
}
