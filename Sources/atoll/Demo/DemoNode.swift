import Foundation
import Node

/// A node of the demo: a process of its own, asked through its socket.
final class DemoNode {
    let name: String
    let directory: String
    private let process = Process()
    private var client: ControlClient?

    /// - Parameters:
    ///   - directory: as `atoll init` or `atoll join` made it.
    ///   - peer: whom to dial, instead of what its configuration says.
    init(_ name: String, in directory: String, peer: UInt16?) throws {
        (self.name, self.directory) = (name, directory)
        process.executableURL = DemoNode.program
        process.arguments = ["serve", "--dir", directory] + (peer.map { ["--peer", "127.0.0.1:\($0)"] } ?? [])
        let log = directory + "/serve.log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
    }

    var processID: Int32 { process.processIdentifier }

    static var program: URL { URL(filePath: "/proc/self/exe").resolvingSymlinksInPath() }

    /// Asks, waiting until the node has come up.
    func ask<Result: Decodable>(_ method: String, _ parameters: (any Encodable)? = nil) throws -> Result {
        let data = try parameters.map { try JSONEncoder().encode($0) } ?? Data("{}".utf8)
        return try JSONDecoder().decode(Result.self, from: try connected().ask(method, data))
    }

    private func connected() throws -> ControlClient {
        if let client { return client }
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do {
                let client = try ControlClient(directory)
                self.client = client
                return client
            } catch let error as ControlError {
                guard ContinuousClock.now < deadline, process.isRunning else { throw error }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    /// Lets it make everything durable and end.
    func stop() throws {
        client = nil
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandError(
                code: .storage,
                description: "\(name) ended with exit code \(process.terminationStatus); see \(directory)/serve.log")
        }
    }

    /// Ends it, whatever it does.
    func kill() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }
}
