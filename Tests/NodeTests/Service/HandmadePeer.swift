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
    private let conversation: Conversation?
    private let condition = NSCondition()
    private var received: [UInt8] = []
    private var isClosed = false

    /// - Parameters:
    ///   - credential: of the member that it is.
    ///   - first: what it says at once.
    ///   - conversation: what it goes on with.
    init(
        dialling port: UInt16, _ credential: TLSConfiguration.Credential, _ authority: Certificate, saying first: [UInt8] = [],
        _ conversation: Conversation? = nil
    ) throws {
        (self.first, self.conversation) = (first, conversation)
        loop = try EventLoop()
        let context = try TLSContext(
            TLSConfiguration(
                credential: credential, trust: .authority(authority), protocols: [.init("atoll/1")],
                clock: { TestChain.now }))
        _ = loop.connect(to: .host("127.0.0.1", port: port), .tls(context))
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
            while !isClosed { guard condition.wait(until: deadline) else { return nil } }
            return String(decoding: received, as: UTF8.self)
        }
    }

    func opened(_ connection: ConnectionID, _: Opening) {
        loop.send(first + (conversation?.goOn() ?? []), on: connection)
    }

    func received(_ bytes: RawSpan, on connection: ConnectionID) {
        let copy = bytes.withUnsafeBytes { Array($0) }
        condition.withLock { received += copy }
        if let answer = conversation?.take(copy), !answer.isEmpty { loop.send(answer, on: connection) }
    }

    func closed(_: ConnectionID, _: CloseReason) { end() }
    func failed(_: AttemptID, _: CloseReason) { end() }
    func drained(_: ConnectionID) {}
    func refused(_: SocketAddress, at _: ListenerID, _: CloseReason) {}
    func changed(_: ListenerCondition, of _: ListenerID) {}

    private func end() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}

/// A session that is carried on by the protocol's own code, but with a false name, or deaf to some of what is asked.
final class Conversation {
    private let server: DirectServer
    private var session: Session
    private let ignores: (SessionRequest) -> Bool

    /// - Parameter origin: who it says that it is; nil for the truth.
    init(
        _ replica: Replica, as origin: Origin? = nil, ignoring ignores: @escaping (SessionRequest) -> Bool = { _ in false }
    ) throws {
        var access = Access()
        // Its own program lets it write anywhere.
        access[replica.identity.member] = .init()
        let identity = replica.identity
        let parameters = SessionParameters(
            chain: identity.chain, origin: origin ?? identity.origin, peer: 0, isInitiator: true,
            interest: access.interest(of: identity.member, holding: replica.heldScopes), access: access)
        session = Session(parameters, codecs: try SessionCodecs(), at: Self.now)
        server = DirectServer(replica, random: SystemRandomNumberGenerator())
        self.ignores = ignores
    }

    private static var now: Moment { Moment(monotonic: monotonicMilliseconds(), wall: TestChain.now) }

    func take(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { session.receive($0, at: Self.now) }
        return goOn()
    }

    /// Serves what the session asks of its replica.
    func goOn() -> [UInt8] {
        while true {
            let requests = session.takeRequests()
            guard !requests.isEmpty else { return session.takeOutput() }
            for request in requests where !ignores(request) {
                session.answer(server.serve(request, from: 0, at: TestChain.now), at: Self.now)
            }
        }
    }
}
