import Foundation
import Node
import Replica
import Simulation

/// A chain of processes that sells, is cut up, sells on, and heals.
final class Demo {
    private let place: String
    private let log: DemoLog
    private let screen: DemoScreen
    private var nodes: [DemoNode] = []
    private var lines: [LineRelay] = []

    /// - Parameters:
    ///   - place: an empty directory.
    ///   - log: a recorded log to sell from; nil for one that is made up.
    init(in place: String, log: String?, seed: UInt64, isQuiet: Bool) throws {
        self.place = place
        self.log = try DemoLog(log, seed: seed, copyTo: place + "/logs")
        screen = DemoScreen(isQuiet: isQuiet)
    }

    deinit {
        for node in nodes { node.kill() }
        for line in lines { line.stop() }
    }

    func run() throws {
        try found()
        try screen.say("\nAll lines are up.")
        try sell(through: 0.35)
        for line in lines { line.cut() }
        try screen.say("\nThe lines are cut. Everybody sells on.")
        try sell(through: 0.8)
        for line in lines { line.heal() }
        try screen.say("\nThe lines heal.")
        try sell(through: 1)
        try waitUntilEqual()
        for node in nodes { try node.stop() }
        try screen.say("\n$ atoll check --dir \(place)")
        try prove()
    }

    /// Makes the chain by the commands that a person would use.
    private func found() throws {
        let port = try freePort()
        let headquarters = place + "/" + log.names[0]
        try run(["init", "--dir", headquarters, "--listen", "127.0.0.1:\(port)"])
        nodes.append(try DemoNode(log.names[0], in: headquarters, peer: nil))
        let _: NodeFigures = try nodes[0].ask(NodeFigures.method)
        for name in log.names.dropFirst() {
            let token = try run(["invite", name, "--dir", headquarters]).split(separator: "\n").last.map(String.init) ?? ""
            let directory = place + "/" + name
            try run(["join", token, "--dir", directory], shown: ["join", "TOKEN", "--dir", directory])
            let line = try LineRelay(to: port)
            lines.append(line)
            nodes.append(try DemoNode(name, in: directory, peer: line.port))
        }
    }

    /// Lets everybody make their events up to a share of the log, a little at a time.
    private func sell(through share: Double) throws {
        let end = Int(share * Double(log.eventCount))
        let steps = max(1, min(24, (end - log.position) / 20))
        let start = log.position
        for step in 1...steps {
            let position = start + (end - start) * step / steps
            let parameters = log.parameters(upTo: position)
            for node in nodes {
                let _: LogPlayer.Result = try node.ask(LogPlayer.method, parameters)
            }
            log.position = position
            try show()
            try Interruption.check()
            if screen.isLive { Thread.sleep(forTimeInterval: 0.08) }
        }
        try screen.settle()
    }

    @discardableResult
    private func show() throws -> Bool {
        let figures: [NodeFigures] = try nodes.map { try $0.ask(NodeFigures.method) }
        return try screen.show(zip(nodes.map(\.name), figures).map { ($0, $1) })
    }

    private func waitUntilEqual() throws {
        let start = ContinuousClock.now
        while try !show() {
            guard ContinuousClock.now < start + .seconds(120) else {
                throw CommandError.doesNotHold("the replicas were not equal after two minutes; see serve.log in \(place)")
            }
            try Interruption.check()
            Thread.sleep(forTimeInterval: 0.05)
        }
        try screen.settle()
        let elapsed = start.duration(to: .now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        try screen.say("\nAll replicas are equal, \(duration(seconds)) after the last sale.")
    }

    private func prove() throws {
        try ChainFolder.describe(
            at: place, chain: log.register(of: try ReplicaDirectory.read(at: place + "/" + log.names[0]).card.chain))
        let chain = try ChainFolder.read(at: place)
        let report = try ChainCheck(chain, isQuiet: true).run()
        for line in report.lines(chain.register.title) { try screen.say(line) }
        guard report.holds else { throw CommandError.doesNotHold("the replicas differ from the log; see above.") }
        try screen.say("All replicas are equal, and equal to the log.")
    }

    @discardableResult
    private func run(_ words: [String], shown: [String]? = nil) throws -> String {
        try screen.say("$ atoll \((shown ?? words).joined(separator: " "))")
        let process = Process()
        process.executableURL = DemoNode.program
        process.arguments = words
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandError(code: .storage, description: "atoll \(words[0]) failed.")
        }
        return text
    }
}
