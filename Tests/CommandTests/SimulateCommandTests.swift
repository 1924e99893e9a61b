import Foundation
import Testing

@Suite final class SimulateCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "atoll-simulate-\(UUID().uuidString)")
    private var path: String { folder.path(percentEncoded: false) }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A till's disk is put back to an older copy.
    private static let putBack = """
        {
          "about": "Put back.", "stores": 2, "minutes": 20, "work": [{"kind": "sales", "per_hour": 60}],
          "events": [
            {"at": 300000, "kind": "back_up", "node": 2}, {"at": 900000, "kind": "kill", "node": 2},
            {"at": 900001, "kind": "put_back", "node": 2, "unnoticed": true}, {"at": 900002, "kind": "switch_on", "node": 2}
          ]
        }
        """

    private func write(_ text: String, as name: String) throws -> String {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return path + "/" + name
    }

    @Test func `what is violated is written down small, and is violated again by itself`() throws {
        let scenario = try write(Self.putBack, as: "put-back.json")
        let found = path + "/found/here"
        let outcome = try Program.run(["simulate", scenario, "--seed", "3", "--seeds", "4", "--shrink", found])
        #expect(outcome.exited && outcome.code == 1, "\(outcome)")
        let file = "put-back-acknowledged_kept-3.json"
        #expect(try FileManager.default.contentsOfDirectory(atPath: found) == [file])
        #expect(outcome.output.contains("shrunk  \(found)/\(file): acknowledged_kept with 4 events of "), "\(outcome)")
        let text = try String(contentsOfFile: found + "/" + file, encoding: .utf8)
        #expect(text.contains("put-back with the seed 3 violates acknowledged_kept") && !text.contains("\"violates\""))

        let again = try Program.run(["simulate", found + "/" + file, "--seed", "9", "--seeds", "100"])
        #expect(again.exited && again.code == 1, "\(again)")
        #expect(again.output.contains(": 1 run, ") && again.errors.contains("acknowledged_kept is violated"), "\(again)")
    }

    @Test func `what must be violated is made small as well, and says so itself`() throws {
        let text = Self.putBack.replacing("\"stores\"", with: "\"violates\": \"acknowledged_kept\", \"stores\"")
        let scenario = try write(text, as: "must.json")
        let outcome = try Program.run(["simulate", scenario, "--shrink", path, "--json"])
        #expect(outcome.exited && outcome.code == 0, "\(outcome)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 2 && lines.last?.contains(#"{"shrunk":{"events":4,"file":"#) == true, "\(outcome)")
        let again = try Program.run(["simulate", path + "/must-acknowledged_kept-1.json"])
        #expect(again.code == 0 && again.output.contains("held"), "\(again)")
    }

    @Test func `where nothing is violated nothing is written, and no time at all leaves what was found`() throws {
        let scenario = try write(Self.putBack, as: "put-back.json")
        let whole = try Program.run(["simulate", scenario, "--shrink", path + "/none", "--shrink-seconds", "0"])
        #expect(whole.code == 1 && whole.output.contains("not looked for to the end"), "\(whole)")
        let file = path + "/none/put-back-acknowledged_kept-1.json"
        #expect(try Program.run(["simulate", file]).errors.contains("acknowledged_kept is violated"))
        try FileManager.default.removeItem(atPath: file)

        let calm = try write(
            Self.putBack.replacing("put_back\", \"node\": 2, \"unnoticed\": true", with: "back_up\", \"node\": 2"),
            as: "calm.json")
        #expect(try Program.run(["simulate", calm, "--shrink", path + "/none"]).code == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/none").isEmpty)
    }

    @Test func `what it cannot do is said before anything is played`() throws {
        let scenario = try write(Self.putBack, as: "put-back.json")
        let homeless = try Program.run(["simulate", scenario, "--shrink-seconds", "5"])
        #expect(homeless.code == 2 && homeless.errors.contains("name its FOLDER"), "\(homeless)")
        let blocked = try Program.run(["simulate", scenario, "--shrink", scenario])
        #expect(blocked.exited && blocked.code != 0 && blocked.output.isEmpty, "\(blocked)")
    }

    @Test func `a recorded log is played from beside its scenario, and a bad one is told of with its place`() throws {
        let scenario = try write(
            #"{"about": "A log.", "stores": 4, "minutes": 1440, "work": [{"kind": "recorded_log", "path": "log.gz"}]}"#,
            as: "log.json")
        let missing = try Program.run(["simulate", scenario])
        #expect(missing.code == 3 && missing.errors.contains("log.json:1:93: "), "\(missing)")
        _ = try Program.run(["generate", "--size", "tiny", "--seed", "7", "--out", path + "/log.gz"])
        let outcome = try Program.run(["simulate", scenario, "--json"])
        #expect(outcome.code == 0 && outcome.output.contains(#""sell":{"done":200,"effective":200}"#), "\(outcome)")
    }

    @Test func `what is large is played only where it is named`() throws {
        let small = #"{"about": "Small.", "stores": 1, "minutes": 1, "work": [{"kind": "sales", "per_hour": 600}]}"#
        _ = try write(small, as: "small.json")
        try FileManager.default.createDirectory(at: folder.appending(path: "large"), withIntermediateDirectories: true)
        _ = try write(small, as: "large/vast.json")
        let all = try Program.run(["simulate", path])
        #expect(all.code == 0 && all.output.contains("small: 1 run") && !all.output.contains("vast"), "\(all)")
        for named in ["/large", "/large/vast.json"] {
            let outcome = try Program.run(["simulate", path + named])
            #expect(outcome.code == 0 && outcome.output.contains("vast: 1 run"), "\(outcome)")
        }
    }
}
