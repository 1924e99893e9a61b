import Foundation
import Net
import Node
import Testing

/// Certificates of real processes, which cannot be told another time: so what they begin with is old.
@Suite struct RenewalProcessTests {
    private static let day: Int64 = 86_400_000
    private let folder: Chain
    private let headquarters: NodeProcess
    private let store: NodeProcess

    /// Founds a chain as it was done so many days ago.
    init() throws {
        folder = try Chain()
        (headquarters, store) = (
            NodeProcess("HQ", in: folder.folder + "/HQ"), NodeProcess("S001", in: folder.folder + "/S001")
        )
    }

    private func found(daysAgo days: Int64) throws {
        let past = Int64(Date().timeIntervalSince1970 * 1000) - days * Self.day
        guard let address = NodeAddress("127.0.0.1:\(try freePort())") else { throw Chain.Failure(text: "no address") }
        _ = try Founding.found(at: headquarters.directory, listen: address, address: address, at: past)
        let token = try Registrar(try ReplicaDirectory.open(at: headquarters.directory)).invite(
            store.name, validMilliseconds: Self.day, at: past)
        let (listening, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let log = NodeLog { line in if line.contains("\"listening\"") { listening.signal() } }
        let service = try NodeService(
            headquarters.directory, try NodeConfiguration.read(in: headquarters.directory), log: log,
            systemClock: { past }, extension: ControlExtension { _, _, _, _ in false })
        Thread.detachNewThread {
            try? service.run()
            ended.signal()
        }
        defer {
            service.stop()
            ended.wait()
        }
        // The thread may take its time: on a busy machine the store came first, and nobody answered.
        try #require(listening.wait(timeout: .now() + 60) == .success)
        _ = try Joining.join(token, at: store.directory, clock: { past })
    }

    /// Whether the certificate that lies there belongs to the key beside it, and holds for long.
    private func isRenewed(_ node: NodeProcess) throws -> Bool {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        // It throws for a certificate and a key that do not belong together, and for half a file.
        let keys = try NodeKeys.read(in: node.directory)
        let validity = try keys.certificate.validity
        try keys.certificate.check(issuedBy: keys.authority, at: validity.lowerBound + Self.day)
        return validity.upperBound > now + 80 * Self.day
    }

    @Test func `killed at any moment of a renewal, a node has the old certificate or the new one`() throws {
        try found(daysAgo: 61)
        for node in [headquarters, store] { #expect(try !isRenewed(node)) }
        var kills = (before: 0, after: 0)
        for node in [headquarters, store] {
            for microseconds in stride(from: 2_000, through: 80_000, by: 6_000) {
                try node.start()
                node.kill(afterMicroseconds: microseconds)
                #expect(eventually { !node.isRunning })
                if try isRenewed(node) { kills.after += 1 } else { kills.before += 1 }
            }
            try node.start()
            #expect(try eventually { try isRenewed(node) }, "\(node.name)")
        }
        print("renewals: killed \(kills.before) times before, \(kills.after) times after the new certificate was there")
        #expect(try eventually { try store.status.peers.map(\.state) == ["in sync"] })
        for node in [headquarters, store] {
            #expect(try node.count("cannot_renew") == 0)
            #expect(node.terminate() == 0)
        }
    }

    @Test func `a store that was off for months is told what to do, does it while it runs, and syncs`() throws {
        try found(daysAgo: 100)
        for node in [headquarters, store] { try node.start() }
        #expect(try eventually { try isRenewed(headquarters) })
        let status = try Program.run(["status", "--dir", store.directory])
        #expect(status.code == 0 && status.output.contains("nobody syncs with this node; see atoll doctor"), "\(status.output)")
        let doctor = try Program.run(["doctor", "--dir", store.directory])
        #expect(doctor.code == 1)
        #expect(doctor.output.contains("run at HQ: atoll invite S001 --replace"), "\(doctor.output)")
        #expect(doctor.output.contains("atoll join TOKEN --dir \(store.directory)"), "\(doctor.output)")
        let token = try RunningChain.run(["invite", "S001", "--replace", "--dir", headquarters.directory])
        let words = ["join", String(token.split(separator: "\n").last ?? ""), "--dir", store.directory]
        let joined = try RunningChain.run(words)
        #expect(joined.contains("S001, member 1, has a new certificate"), "\(joined)")
        #expect(try eventually { try store.status.peers.map(\.state) == ["in sync"] })
        #expect(try store.count("certificate_expired") == 1)
        // Once it holds, the directory is like any other that is in use.
        #expect(try Program.run(words).code == 3)
    }
}
