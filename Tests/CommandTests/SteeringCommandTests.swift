import Foundation
import Testing

@Suite final class SteeringCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "atoll-steering-\(UUID().uuidString)")
    private var path: String { folder.path(percentEncoded: false) }
    private var scenario: String { path + "/two.json" }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(#"{"about": "Two stores.", "stores": 2, "ring": true, "minutes": 60}"#.utf8)
            .write(to: folder.appending(path: "two.json"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Types lines into a pipe.
    private func steer(_ words: String..., typing text: String) throws -> Program.Outcome {
        try Program.run(["simulate", scenario, "--interactive"] + words, input: Data(text.utf8))
    }

    @Test func `a tester cuts a line, sells, looks, heals, and writes down what was done`() throws {
        let saved = path + "/what I did.json"
        let outcome = try steer(
            typing: """
                run 1m
                cut 1 0
                cut 1 2
                sell 1 A-1 P1 2
                run 5m
                show
                show 1
                heal all
                run 5m
                show
                save \(saved)
                settle
                run 1m
                """)
        #expect(outcome.exited && outcome.code == 0 && outcome.errors.isEmpty, "\(outcome)")
        let shows = outcome.output.split(separator: "> show\n", omittingEmptySubsequences: false)
        try #require(shows.count == 3, "\(outcome)")
        #expect(outcome.output.contains("0.000 s> run 1m") && outcome.output.contains("6 min 0.000 s> show\n"), "\(outcome)")
        #expect(shows[1].contains("stock/1             1  HQ 1") && shows[1].contains("1 - HQ  cut"), "\(outcome)")
        #expect(!shows[2].contains("HQ 1") && !shows[2].contains("cut"), "\(outcome)")
        #expect(shows[2].contains("The run is over. ") && shows[2].hasSuffix("Everything held.\n"), "\(outcome)")

        let again = try Program.run(["simulate", saved, "--json"])
        #expect(again.code == 0 && again.output.contains(#""sell":{"done":1,"effective":1}"#), "\(again)")
    }

    @Test func `a violation is shown at once, and the end of input says so`() throws {
        let saved = path + "/broken.json"
        let outcome = try steer(
            typing: """
                {"kind": "back_up", "node": 1}
                sell 1 A-1 P1 2
                run 1s
                kill 1
                {"kind": "put_back", "node": 1, "unnoticed": true}
                start 1
                sell 1 A-2 P1 2
                save \(saved)
                """)
        #expect(outcome.exited && outcome.code == 1, "\(outcome)")
        let place = "acknowledged_kept is violated after 1.000 s, at node 1."
        #expect(outcome.output.contains("> start 1\n\(place)\n") && outcome.errors.contains(place), "\(outcome)")
        #expect(outcome.output.contains("> sell 1 A-2 P1 2\nThe run is over."), "\(outcome)")
        let again = try Program.run(["simulate", saved])
        #expect(again.code == 1 && again.errors.contains("acknowledged_kept is violated after 1.000 s"), "\(again)")
    }

    @Test func `bad input gets a sentence and the prompt again, and changes nothing`() throws {
        let outcome = try steer(
            "--seed", "5", typing: "fly\ncut 1 9\n\n# nothing\nsave \(path)/none/there.json\nstart 1\n\u{1B}[2J\nquit\nfly")
        #expect(outcome.exited && outcome.code == 0 && outcome.errors.isEmpty, "\(outcome)")
        #expect(outcome.output.contains("There is no \"fly\"") && outcome.output.contains("\"9\" is no machine"), "\(outcome)")
        #expect(outcome.output.contains("That had no effect.") && outcome.output.contains(path), "\(outcome)")
        #expect(outcome.output.components(separatedBy: "fly").count == 3 && !outcome.output.contains("\u{1B}"), "\(outcome)")
        #expect(outcome.output.hasSuffix("0.000 s> quit\nEverything held so far.\n"), "\(outcome)")
    }

    @Test func `what is not asked for is not said`() throws {
        let outcome = try steer("--quiet", typing: "run 1m\nsell 1 A-1 P1 2\nshow 1\nsettle")
        #expect(
            outcome.code == 0 && outcome.output.hasPrefix("machine  state  holds") && !outcome.output.contains("> "),
            "\(outcome)")
    }

    @Test func `it plays one run, of a scenario that can be read`() throws {
        #expect(try steer("--seeds", "2", typing: "").code == 2)
        #expect(try steer("--json", typing: "").code == 2)
        #expect(try steer("--picture", path + "/p.html", typing: "").code == 2)
        try Data(#"{"about": "Two stores.", "stores": 0, "minutes": 60}"#.utf8).write(to: folder.appending(path: "two.json"))
        let outcome = try steer(typing: "run 1m")
        #expect(outcome.code == 3 && outcome.errors.contains("two.json:1:") && outcome.output.isEmpty, "\(outcome)")
    }
}
