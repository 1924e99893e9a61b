import Foundation
import Node
import Testing

/// What happens to running nodes and to the people who ask them for something.
@Suite struct NodeTroubleTests {
    private let folder: Chain
    private let log: SoldLog

    init() throws {
        folder = try Chain()
        log = try SoldLog(in: folder.path, stores: 1, ordersPerStore: 100, seed: 11)
    }

    private func chain(_ count: Int = 2) throws -> RunningChain {
        try RunningChain(Array(log.names.prefix(count)), in: folder)
    }

    @Test func `a token that another machine has used is refused by a running HQ, and logged once`() throws {
        let chain = try chain(1)
        let (headquarters, path) = (chain.headquarters, folder.folder)
        let token = String(
            try RunningChain.run(["invite", "S9", "--dir", headquarters.directory]).split(separator: "\n").last ?? "")
        try RunningChain.run(["join", token, "--dir", path + "/S9"])
        for attempt in 1...10 {
            let second = try Program.run(["join", token, "--dir", path + "/other"])
            #expect(second.exited && second.code == 3, "attempt \(attempt)")
            #expect(second.errors.contains("the token was used by another machine"), "\(second.errors)")
            #expect(second.errors.contains("revoke the member at once"), "\(second.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: path + "/other"))
        let lines = try headquarters.logLines().filter { $0["event"] == "enrolment_refused" }
        #expect(lines.map { $0["times"] } == [nil, "10"], "\(lines)")
        #expect(lines.first?["reason"]?.contains("used by another machine") ?? false, "\(lines)")
        #expect(try headquarters.count("enrolled") == 1)
    }

    @Test func `a command ends alike whether a node runs or not`() throws {
        let chain = try chain(1)
        let directory = chain.headquarters.directory
        let cases: [([String], Int32, String)] = [
            (["revoke", "S9"], 3, "Known are: HQ."), (["invite", "HQ"], 3, "it can be neither invited nor revoked"),
            (["invite", " S1"], 2, "cannot be a member's name"), (["revoke", "HQ", "--undo"], 1, "HQ is not revoked"),
            (["fence", "S9", "--destroyed"], 3, "no member named S9"), (["mint", "S9"], 3, "no member named S9"),
        ]
        for isRunning in [true, false] {
            if !isRunning { #expect(chain.headquarters.terminate() == 0) }
            for (words, code, text) in cases {
                let outcome = try Program.run(words + ["--dir", directory])
                #expect(outcome.exited && outcome.code == code, "\(words), running \(isRunning): \(outcome)")
                #expect(outcome.errors.contains(text) && outcome.output.isEmpty, "\(outcome)")
            }
        }
        let simulated = try Chain.imported(exchanges: false)
        let places: [(String, Int32, String)] = [
            (directory, 1, "no node is running here"), (folder.folder + "/none", 3, "no such file or directory"),
            (simulated.path + "/S000", 3, "this replica has no keys"),
        ]
        for (place, code, text) in places {
            for command in ["status", "doctor"] {
                let outcome = try Program.run([command, "--dir", place])
                #expect(outcome.exited && outcome.code == code, "\(command) at \(place): \(outcome)")
                #expect("\(outcome.errors)\(outcome.output)".lowercased().contains(text), "\(outcome)")
            }
        }
    }

    @Test func `sales are stamped by the node's clock, and not by the machine's`() throws {
        let chain = try chain()
        let store = chain.nodes[1]
        let hours: Int64 = 5 * 3_600_000
        chain.headquarters.kill()
        #expect(store.terminate() == 0)
        // What it has learned of this machine's clock, which is five hours ahead.
        let correction = #"{"version": 1, "correctionMilliseconds": -\#(hours), "stratum": 0}"#
        try Data(correction.utf8).write(to: URL(filePath: store.directory + "/clock.json"))
        try store.start()
        var till = Till(log, member: 1)
        for _ in 0..<3 { #expect(try till.sell(at: store)) }
        let status = try store.status
        #expect(status.clockCorrectionMilliseconds == -hours)
        #expect(status.stampsAhead == [], "\(status.stampsAhead)")
    }

    @Test func `a full disk stores nothing, acknowledges nothing, says so in words, and goes on by itself`() throws {
        let chain = try chain()
        let (headquarters, store) = (chain.headquarters, chain.nodes[1])
        var tills = [Till(log, member: 0), Till(log, member: 1)]
        for _ in 0..<5 { #expect(try tills[1].sell(at: store)) }
        #expect(try eventually { try chain.areEqual() })
        let attributes = try FileManager.default.attributesOfItem(atPath: store.directory + "/replica.db-wal")
        let size = try #require(attributes[.size] as? Int)
        try store.limitFileSize(to: size)

        var refusals: [ControlRefusal] = []
        while refusals.count < 12, tills[1].made < 80 {
            do {
                #expect(try tills[1].sell(at: store))
            } catch ControlError.refused(let refusal) {
                refusals.append(refusal)
            }
        }
        #expect(refusals.count == 12)
        let made = tills[1].made
        for refusal in refusals {
            #expect(refusal.code == 4)
            #expect(refusal.error.contains("the disk is full: \(store.directory) cannot be written to"), "\(refusal.error)")
            #expect(refusal.error.contains("MiB are left there"), "\(refusal.error)")
            #expect(refusal.error.contains("This was not stored"), "\(refusal.error)")
        }
        // What comes from others meets the same disk.
        for _ in 0..<5 { #expect(try tills[0].sell(at: headquarters)) }
        let isFull = { (line: [String: String]) in line["detail"]?.contains("the disk is full") ?? false }
        for node in chain.nodes {
            #expect(try eventually { try node.count("session_ended", where: isFull) == 1 }, "\(node.name)")
        }
        #expect(try eventually { try store.count("disk_full") == 1 })
        #expect(try store.status.diskTrouble?.times ?? 0 >= 12)
        let doctor = try Program.run(["doctor", "--dir", store.directory])
        #expect(doctor.code == 1 && doctor.output.contains("the disk is full"), "\(doctor.output)")
        #expect(try Program.run(["status", "--dir", store.directory]).output.contains("the disk is full"))

        try store.limitFileSize(to: nil)
        #expect(try eventually { try store.status.diskTrouble == nil }, "nobody sells, and it finds out")
        #expect(try store.count("disk_full") == 1)
        #expect(try eventually { try store.count("disk_has_room") == 1 })
        while tills[1].made < made + 5 { #expect(try tills[1].sell(at: store)) }
        #expect(try eventually { try chain.areEqual() })
        #expect(tills[1].unansweredCount == 0, "nothing that was refused is there")
        store.kill()
        try store.start()
        #expect(try eventually { try chain.areEqual() })
    }
}
