import Foundation
import Net
import Node
import Sync

/// A node on a thread of this process; ended with its last reference.
final class RunningNode {
    let lines = LogLines()
    let directory: String
    private let service: NodeService
    private let ended = DispatchSemaphore(value: 0)
    private var isStopped = false

    /// - Parameters:
    ///   - peer: where HQ is; nil if this is HQ.
    ///   - member: who has to answer there.
    ///   - port: where HQ listens; 0 for any.
    init(
        _ directory: String, dialling peer: UInt16? = nil, of member: UInt32 = 0, listening port: UInt16 = 0,
        bounds: SessionBounds = SessionBounds(), options: EventLoopOptions = EventLoopOptions(),
        clock: @escaping @Sendable () -> Int64 = systemMilliseconds
    ) throws {
        self.directory = directory
        var configuration = NodeConfiguration(listen: NodeAddress("127.0.0.1:\(port)"))
        if let peer, let address = NodeAddress("127.0.0.1:\(peer)") {
            configuration = NodeConfiguration(peers: [.init(address: address, member: member)])
        }
        let edits = ControlExtension { method, parameters, context, reply in
            guard method == "edit", let name = try? JSONDecoder().decode([String].self, from: parameters).first else {
                return false
            }
            // The test that waits for this may hold a thread of the shared pool, and so may every other.
            Thread.detachNewThread {
                reply(
                    Result {
                        try context.owner.edit(name, at: context.clock())
                        return Data("{}".utf8)
                    })
            }
            return true
        }
        service = try NodeService(
            directory, configuration, log: lines.log(), bounds: bounds, options: options, systemClock: clock,
            extension: edits)
        let (service, ended) = (service, ended)
        Thread.detachNewThread {
            try? service.run()
            ended.signal()
        }
    }

    deinit { stop() }

    /// Where it listens.
    var port: UInt16? {
        lines.wait("listening")?["address"].flatMap { $0.split(separator: ":").last }.flatMap { UInt16($0) }
    }

    var status: NodeStatus {
        get throws { try JSONDecoder().decode(NodeStatus.self, from: try ask("status")) }
    }

    /// Waits until it says something of itself.
    ///
    /// - Returns: whether it does, within a minute.
    func eventually(_ holds: (NodeStatus) throws -> Bool) throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while try !holds(status) {
            guard ContinuousClock.now < deadline else { return false }
            _ = poll(nil, 0, 20)
        }
        return true
    }

    /// Writes something that all members hold.
    func edit(_ name: String) throws {
        _ = try ask("edit", try JSONEncoder().encode([name]))
    }

    private func ask(_ method: String, _ parameters: Data = Data("{}".utf8)) throws -> Data {
        // Before that its socket is not there.
        _ = lines.wait("started")
        return try ControlClient(directory).ask(method, parameters)
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        service.stop()
        ended.wait()
    }
}
