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

    /// - Parameter peer: where HQ is; nil if this is HQ.
    init(
        _ directory: String, dialling peer: UInt16? = nil, bounds: SessionBounds = SessionBounds(),
        clock: @escaping @Sendable () -> Int64 = systemMilliseconds
    ) throws {
        self.directory = directory
        var configuration = NodeConfiguration(listen: NodeAddress("127.0.0.1:0"))
        if let peer, let address = NodeAddress("127.0.0.1:\(peer)") {
            configuration = NodeConfiguration(peers: [.init(address: address, member: 0)])
        }
        service = try NodeService(directory, configuration, log: lines.log(), bounds: bounds, systemClock: clock) {
            method, parameters, owner in
            guard method == "edit", let name = try JSONDecoder().decode([String].self, from: parameters).first else {
                return nil
            }
            try await owner.edit(name, at: clock())
            return Data("{}".utf8)
        }
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
        get throws { try JSONDecoder().decode(NodeStatus.self, from: try ControlClient(directory).ask("status")) }
    }

    /// Writes something that all members hold.
    func edit(_ name: String) throws {
        _ = try ControlClient(directory).ask("edit", try JSONEncoder().encode([name]))
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        service.stop()
        ended.wait()
    }
}
