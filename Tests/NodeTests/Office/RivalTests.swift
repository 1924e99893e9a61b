import Foundation
import Node
import Replica
import Sync
import Testing

/// Two that believe to hold the office, because of what people did.
@Suite struct RivalTests {
    private let chain: OfficeChain

    init() throws {
        chain = try OfficeChain()
        for path in [chain.second, chain.store] { try chain.bring(from: chain.headquarters, to: path) }
    }

    /// Copies the database, as a person does who does not know of better backups.
    private func copyDatabase(_ source: String, _ target: String) throws {
        for suffix in ["", "-wal", "-shm"] {
            let name = ReplicaDirectory.databaseName + suffix
            try? FileManager.default.removeItem(atPath: target + "/" + name)
            guard FileManager.default.fileExists(atPath: source + "/" + name) else { continue }
            try FileManager.default.copyItem(atPath: source + "/" + name, toPath: target + "/" + name)
        }
    }

    @Test func `a former registrar whose database was put back to before the handover decides nothing`() throws {
        let copy = chain.chain.folder["copy"]
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        try copyDatabase(chain.headquarters, copy)
        let handover = try chain.handOver()
        try chain.bring(from: chain.headquarters, to: chain.second)
        _ = try chain.perform(.acceptOffice(bundle: handover.bundle), at: chain.second)
        try copyDatabase(copy, chain.headquarters)
        #expect(throws: OfficeError.holderUnknown(term: 1)) {
            try chain.perform(.revoke(name: "S001", reason: nil), at: chain.headquarters)
        }
        #expect(try chain.decides(chain.second) && !chain.decides(chain.headquarters))
        // As a node does that starts on a database that was put back.
        try ReplicaDirectory.open(at: chain.headquarters).beginIncarnation(at: OfficeChain.now)
        try chain.bring(from: chain.second, to: chain.headquarters)
        #expect(throws: OfficeError.heldElsewhere(holder: "HQ2", since: OfficeChain.now)) {
            try chain.perform(.revoke(name: "S001", reason: nil), at: chain.headquarters)
        }
        // It may hold the office again, in a later term.
        guard case .handedOver(let back) = try chain.perform(.handOver(name: "HQ"), at: chain.second) else {
            throw NodeError.stopped
        }
        try chain.bring(from: chain.second, to: chain.headquarters)
        #expect(try chain.perform(.acceptOffice(bundle: back.bundle), at: chain.headquarters) == .inOffice(term: 2))
        #expect(try chain.decides(chain.headquarters) && !chain.decides(chain.second))
    }

    /// A third headquarters, which has heard of everything that HQ has written.
    private func joinThird() throws -> String {
        let token = try chain.chain.registrar {
            try $0.invite("HQ3", as: .headquarters, validMilliseconds: TestChain.day, at: OfficeChain.now)
        }
        let path = chain.chain.folder["hq3"]
        do {
            let running = try RunningHeadquarters(chain.chain)
            defer { running.stop() }
            _ = try Joining.join(token.at(running.address), at: path, clock: { OfficeChain.now })
        }
        for sink in [path, chain.second, chain.store] { try chain.bring(from: chain.headquarters, to: sink) }
        return path
    }

    @Test(arguments: [0, 60_000], [-60_000, 0])
    func `of two that took the office at once one holds it, and what both decided comes to everybody`(
        _ lead: Int64, _ late: Int64
    ) throws {
        let third = try joinThird()
        let key = Array(try #require(FileManager.default.contents(atPath: chain.headquarters + "/keys/authority.key")))
        for (path, now) in [(chain.second, OfficeChain.now + lead), (third, OfficeChain.now - late)] {
            #expect(try chain.perform(.takeOffice(key: key), at: path, now) == .inOffice(term: 1))
            _ = try Registrar(try ReplicaDirectory.open(at: path)).renewOwnCertificate(at: now)
            #expect(try chain.decides(path))
        }
        let clock = { @Sendable in OfficeChain.now + 60_000 }
        let second = try RunningNode(chain.second, clock: clock)
        func expectEqual(_ path: String) throws {
            let node = try RunningNode(path, dialling: second.port, of: 1, clock: clock)
            let isEqual = try second.eventually { _ in
                let replicas = try [chain.second, path].map { try ReplicaDirectory.read(at: $0).replica }
                return replicas[0].cut(of: .chain) == replicas[1].cut(of: .chain)
            }
            #expect(isEqual, "\(path)")
            node.stop()
        }
        try expectEqual(third)
        // It knows neither, and gets all in one delta.
        try expectEqual(chain.store)
        second.stop()
        #expect(try [chain.second, third].filter { try chain.decides($0) }.count == 1)
        let offices = try [chain.second, third, chain.store].map { try chain.office(at: $0) }
        #expect(offices.allSatisfy { $0 == offices[0] } && offices[0].number == 1)
    }
}
