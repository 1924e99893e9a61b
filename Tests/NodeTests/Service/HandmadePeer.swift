import CRDT
import Foundation
import Net
import Node
import Replica
import Sync

/// A member that a test plays, over real TLS with the member's certificate: it says what it likes.
///
/// `@unchecked Sendable`: `condition` guards what both threads use; the rest belongs to the loop's.
final class HandmadePeer: EventLoopDelegate, @unchecked Sendable {
    private let loop: EventLoop
    private let first: [UInt8]
    private let talk: (any Talk)?
    private let condition = NSCondition()
    private var received: [UInt8] = []
    private var end: CloseReason?

    /// - Parameters:
    ///   - credential: of the member that it is.
    ///   - first: what it says at once.
    ///   - talk: what it goes on with.
    convenience init(
        dialling port: UInt16, _ credential: TLSConfiguration.Credential, _ authority: Certificate, saying first: [UInt8] = [],
        _ talk: (any Talk)? = nil
    ) throws {
        let context = try TLSContext(
            TLSConfiguration(
                credential: credential, trust: .authority(authority), protocols: [.init("atoll/1")],
                clock: { TestChain.now }))
        try self.init(dialling: port, .tls(context), saying: first, talk)
    }

    /// One that has no certificate, and no TLS.
    convenience init(dialling port: UInt16, sayingPlainly first: [UInt8]) throws {
        try self.init(dialling: port, .plain, saying: first, nil)
    }

    private init(dialling port: UInt16, _ security: Security, saying first: [UInt8], _ talk: (any Talk)?) throws {
        (self.first, self.talk) = (first, talk)
        loop = try EventLoop()
        _ = loop.connect(to: .host("127.0.0.1", port: port), security)
        Thread.detachNewThread { [self] in try? loop.run(self) }
    }

    deinit { loop.stop(flushMilliseconds: 0) }

    func stop() { loop.stop(flushMilliseconds: 0) }

    /// Waits until the other side has hung up.
    ///
    /// - Returns: all that it said, as far as that is text; nil if it goes on after a minute.
    func lastWords() -> String? {
        let deadline = Date() + 60
        return condition.withLock {
            while end == nil { guard condition.wait(until: deadline) else { return nil } }
            return String(decoding: received, as: UTF8.self)
        }
    }

    /// Why its connection ended or did not come to be; nil if neither has happened after a minute.
    func closeReason() -> CloseReason? {
        _ = lastWords()
        return condition.withLock { end }
    }

    func opened(_ connection: ConnectionID, _: Opening) {
        loop.send(first + (talk?.goOn() ?? []), on: connection)
    }

    func received(_ bytes: RawSpan, on connection: ConnectionID) {
        let copy = bytes.withUnsafeBytes { Array($0) }
        condition.withLock { received += copy }
        if let answer = talk?.take(copy), !answer.isEmpty { loop.send(answer, on: connection) }
    }

    func closed(_: ConnectionID, _ reason: CloseReason) { end(because: reason) }
    func failed(_: AttemptID, _ reason: CloseReason) { end(because: reason) }
    func drained(_: ConnectionID) {}
    func refused(_: SocketAddress, at _: ListenerID, _: CloseReason) {}
    func changed(_: ListenerCondition, of _: ListenerID) {}

    private func end(because reason: CloseReason) {
        condition.withLock {
            end = end ?? reason
            condition.broadcast()
        }
    }
}
