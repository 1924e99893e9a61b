import Foundation
import Net

/// A line between two nodes that can be cut: it takes connections in on loopback and passes their bytes on.
///
/// `@unchecked Sendable`: everything that changes belongs to the loop's thread.
final class LineRelay: EventLoopDelegate, @unchecked Sendable {
    private let loop: EventLoop
    private let target: SocketAddress
    /// By each end, the other one; nil while it is being dialled.
    private var partners: [ConnectionID: ConnectionID] = [:]
    /// Those who wait for their other end, and what they have said meanwhile.
    private var waiting: [AttemptID: (connection: ConnectionID, bytes: [UInt8])] = [:]
    private var isCut = false

    /// The port to dial.
    let port: UInt16

    /// - Parameter target: the port that it leads to.
    init(to target: UInt16) throws {
        loop = try EventLoop()
        self.target = .loopback(port: target)
        let listener = try loop.listen(at: .loopback(port: 0), .plain)
        port = loop.address(of: listener)?.port ?? 0
        let thread = Thread { [self] in try? loop.run(self) }
        thread.name = "line"
        thread.start()
    }

    func cut() { set(isCut: true) }

    func heal() { set(isCut: false) }

    func stop() { loop.stop(flushMilliseconds: 0) }

    private func set(isCut: Bool) {
        loop.submit { [self] in
            self.isCut = isCut
            guard isCut else { return }
            for connection in partners.keys.sorted() { loop.close(connection, afterFlush: false) }
            for pending in waiting.values.sorted(by: { $0.connection < $1.connection }) {
                loop.close(pending.connection, afterFlush: false)
            }
        }
    }

    func opened(_ connection: ConnectionID, _ opening: Opening) {
        switch opening.origin {
        case .accepted:
            guard !isCut else { return loop.close(connection, afterFlush: false) }
            waiting[loop.connect(to: .address(target), .plain)] = (connection, [])
        case .initiated(let attempt):
            guard let pending = waiting.removeValue(forKey: attempt), !isCut else {
                return loop.close(connection, afterFlush: false)
            }
            partners[connection] = pending.connection
            partners[pending.connection] = connection
            if !pending.bytes.isEmpty { loop.send(pending.bytes, on: connection) }
        }
    }

    func received(_ bytes: RawSpan, on connection: ConnectionID) {
        let copy = bytes.withUnsafeBytes { Array($0) }
        if let partner = partners[connection] {
            // A reader that is slower than the line makes the sender wait.
            if let count = loop.send(copy, on: partner), count > 1 << 20 { loop.pauseReading(connection) }
        } else if let attempt = waiting.first(where: { $0.value.connection == connection })?.key {
            waiting[attempt]?.bytes += copy
        }
    }

    func drained(_ connection: ConnectionID) {
        if let partner = partners[connection] { loop.resumeReading(partner) }
    }

    func closed(_ connection: ConnectionID, _: CloseReason) {
        guard let partner = partners.removeValue(forKey: connection) else { return }
        partners[partner] = nil
        loop.close(partner, afterFlush: !isCut)
    }

    func failed(_ attempt: AttemptID, _: CloseReason) {
        if let pending = waiting.removeValue(forKey: attempt) { loop.close(pending.connection, afterFlush: false) }
    }

    func refused(_: SocketAddress, at _: ListenerID, _: CloseReason) {}

    func changed(_: ListenerCondition, of _: ListenerID) {}
}
