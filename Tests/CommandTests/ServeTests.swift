import FaultProxy
import Foundation
import Node
import Testing

/// Running nodes, and what people and machines do to them.
@Suite struct ServeTests {
    private let folder: Chain
    private let log: SoldLog

    init() throws {
        folder = try Chain()
        log = try SoldLog(in: folder.path, stores: 2, ordersPerStore: 40, seed: 7)
    }

    private func chain(_ count: Int = 2, ring: Bool = false) throws -> RunningChain {
        try RunningChain(Array(log.names.prefix(count)), in: folder, ring: ring)
    }

    private func sell(_ count: Int, _ till: inout Till, at node: NodeProcess) throws {
        for _ in 0..<count { #expect(try till.sell(at: node)) }
    }

    private var refusing: Faults {
        var faults = Faults()
        faults.refusesConnections = true
        return faults
    }

    @Test func `two stores that see only each other converge, and one of them brings both to HQ`() throws {
        let chain = try chain(3, ring: true)
        for line in chain.lines[..<2] {
            line.set(refusing)
            line.cut(.reset)
        }
        var tills = [Till(log, member: 1), Till(log, member: 2)]
        for index in 0..<2 { try sell(60, &tills[index], at: chain.nodes[index + 1]) }
        #expect(try eventually { try chain.shareEqually(1, 2) })
        let before: Holdings = try chain.headquarters.ask("figures")
        chain.lines[0].set(Faults())
        let hasCome = {
            let after: Holdings = try chain.headquarters.ask("figures")
            return try before.transactions < after.transactions && chain.shareEqually(0, 1) && chain.shareEqually(0, 1, 2)
        }
        #expect(try eventually(hasCome))
        // Its origin's signature comes the same way, and confirms what came by another.
        #expect(try eventually { try chain.headquarters.status.relayed.isEmpty })
        #expect(try chain.headquarters.status.peers.allSatisfy { $0.member == 1 || $0.state == "not connected" })
        chain.lines[1].set(Faults())
        #expect(try eventually { try chain.areEqual() })
    }

    @Test func `a store that is revoked in a session sells on, says why it does not sync, and comes back`() throws {
        let chain = try chain()
        let (headquarters, store) = (chain.headquarters, chain.nodes[1])
        var till = Till(log, member: 1)
        try sell(5, &till, at: store)
        #expect(try eventually { try chain.areEqual() })
        try RunningChain.run(["revoke", store.name, "--dir", headquarters.directory, "--reason", "lost"])
        let isRevoked = { (line: [String: String]) in line["error"] == "revoked" }
        for node in [headquarters, store] {
            #expect(try eventually { try node.count("session_ended", where: isRevoked) == 1 }, "\(node.name)")
        }
        try sell(5, &till, at: store)
        #expect(try !chain.areEqual())
        // It asks again and again, and nobody writes that down each time.
        let dialled = chain.lines[0].connectionCount
        #expect(eventually { chain.lines[0].connectionCount >= dialled + 3 })
        for node in [headquarters, store] { #expect(try node.count("session_ended", where: isRevoked) == 1) }
        #expect(try store.status.peers.map(\.error) == ["revoked"])
        let doctor = try Program.run(["doctor", "--dir", store.directory])
        #expect(doctor.code == 1 && doctor.output.contains("HQ decided that"), "\(doctor.output)")
        try RunningChain.run(["revoke", store.name, "--dir", headquarters.directory, "--undo"])
        #expect(try eventually { try chain.areEqual() })
    }

    @Test func `a machine in another's place gets what HQ holds, and the other one is refused`() throws {
        let chain = try chain()
        let (headquarters, old) = (chain.headquarters, chain.nodes[1])
        var till = Till(log, member: 1)
        try sell(5, &till, at: old)
        #expect(try eventually { try chain.areEqual() })
        let token = try RunningChain.run(["invite", old.name, "--replace", "--dir", headquarters.directory])
        let new = NodeProcess(old.name, in: folder.path + "/new")
        try RunningChain.run(["join", String(token.split(separator: "\n").last ?? ""), "--dir", new.directory])
        #expect(try eventually { try old.count("session_ended") { $0["error"] == "revoked" } == 1 })
        try new.start()
        let isEqual = {
            let (here, there): (Holdings, Holdings) = (try new.ask("figures"), try headquarters.ask("figures"))
            return here.orders > 0 && here.isEqual(where: there)
        }
        #expect(try eventually(isEqual))
        #expect(try headquarters.count("refused") { $0["reason"]?.contains("another machine") ?? false } == 1)
        // The one who came in its place is not disturbed by it.
        #expect(try headquarters.status.peers.map(\.state) == ["in sync"])
    }

    @Test func `two nodes that dial each other have one session`() throws {
        let chain = try chain()
        let (headquarters, store) = (chain.headquarters, chain.nodes[1])
        let address = try #require(try NodeConfiguration.read(in: store.directory).listen)
        var configuration = try NodeConfiguration.read(in: headquarters.directory)
        configuration.peers = [.init(address: address, member: 1)]
        try configuration.write(in: headquarters.directory)
        var till = Till(log, member: 1)
        for round in 0..<4 {
            for node in [headquarters, store] { #expect(node.terminate() == 0) }
            try chain.startAll()
            try sell(3, &till, at: store)
            #expect(try eventually { try chain.areEqual() }, "round \(round)")
            for node in [headquarters, store] {
                #expect(try eventually { try node.status.peers.map(\.state) == ["in sync"] }, "round \(round)")
            }
        }
    }

    @Test func `a node that is told to end while it starts ends`() throws {
        let chain = try chain(1)
        for milliseconds in [0, 2, 4, 8, 16, 32, 64] {
            #expect(chain.headquarters.isRunning)
            chain.headquarters.terminate()
            try chain.headquarters.start()
            _ = eventually(within: Double(milliseconds) / 1_000) { false }
            chain.headquarters.terminate()
            try chain.headquarters.start()
        }
        _ = try chain.headquarters.status
        #expect(chain.headquarters.terminate() == 0)
        #expect(!FileManager.default.fileExists(atPath: chain.headquarters.directory + "/node.sock"))
    }

    @Test func `a directory has one node, and one that was killed leaves nothing in its successor's way`() throws {
        let chain = try chain(1)
        let headquarters = chain.headquarters
        let second = try Program.run(["serve", "--dir", headquarters.directory, "--listen", "127.0.0.1:0"])
        #expect(second.exited && second.code != 0, "\(second.errors)")
        #expect(second.errors.contains(headquarters.directory), "\(second.errors)")
        _ = try headquarters.status
        headquarters.kill()
        #expect(FileManager.default.fileExists(atPath: headquarters.directory + "/node.sock"))
        try headquarters.start()
        _ = try headquarters.status
        #expect(headquarters.terminate() == 0)
    }

    @Test func `another protocol on the port is named once, and costs nobody anything`() throws {
        let chain = try chain()
        let port = try #require(try NodeConfiguration.read(in: chain.headquarters.directory).listen?.port)
        let talk =
            #"for n in $(seq 25); do exec 3<>/dev/tcp/127.0.0.1/$0; printf 'GET / HTTP/1.1\r\n\r\n' >&3; "#
            + #"timeout 20 cat <&3 >/dev/null; exec 3>&-; done"#
        let shell = try Process.run(URL(filePath: "/bin/bash"), arguments: ["-c", talk, "\(port)"])
        shell.waitUntilExit()
        let lines = try chain.headquarters.logLines().filter { $0["event"] == "refused_connection" }
        #expect(lines.map { $0["times"] } == [nil, "10"], "\(lines)")
        #expect(lines.allSatisfy { $0["reason"]?.contains("does not speak TLS") ?? false }, "\(lines)")
        #expect(try chain.headquarters.status.peers.map(\.state) == ["in sync"])
    }
}
