import Foundation
import Net
import Node

/// HQ of a test chain as a server on loopback, with a loop and a replica of its own thread.
///
/// `@unchecked Sendable`: after `init` everything that changes is used on the loop's one thread.
final class RunningHeadquarters: EventLoopDelegate, @unchecked Sendable {
    private let loop: EventLoop
    /// Let go of before `stop` returns: then somebody else may open it.
    private var directory: ReplicaDirectory?
    private let clock: @Sendable () -> Int64
    private var asking: [ConnectionID: (peer: PeerIdentity?, frame: EnrolmentFrame)] = [:]
    /// How many replies are thrown away: the connection is cut instead.
    private var lostReplies: Int
    /// Changes the next reply, by its number.
    private let spoil: @Sendable (inout [UInt8], Int) -> Void
    private var replies = 0
    private let ended = DispatchSemaphore(value: 0)
    private(set) var address: NodeAddress

    /// - Parameters:
    ///   - protocols: what is spoken; both of enrolment's by default.
    ///   - clock: HQ's, also for checking certificates.
    init(
        _ chain: TestChain, losing lostReplies: Int = 0,
        _ protocols: [TLSConfiguration.ApplicationProtocol] = [EnrolmentProtocol.enrol, EnrolmentProtocol.renew],
        clock: @escaping @Sendable () -> Int64 = { TestChain.now },
        spoiling spoil: @escaping @Sendable (inout [UInt8], Int) -> Void = { _, _ in }
    ) throws {
        self.clock = clock
        self.spoil = spoil
        self.lostReplies = lostReplies
        loop = try EventLoop()
        directory = try ReplicaDirectory.open(at: chain.path)
        let keys = try NodeKeys.read(in: chain.path)
        let context = try TLSContext(
            TLSConfiguration(
                credential: keys.credential(sendsAuthority: true), trust: .authority(keys.authority),
                protocols: protocols, clock: clock))
        let listener = try loop.listen(at: .loopback(port: 0), .tls(context))
        address = try .test("127.0.0.1:\(loop.address(of: listener)?.port ?? 0)")
        Thread.detachNewThread { [self] in
            try? loop.run(self)
            directory = nil
            ended.signal()
        }
    }

    /// Lets the port and the directory go.
    func stop() {
        loop.stop(flushMilliseconds: 0)
        ended.wait()
    }

    func opened(_ connection: ConnectionID, _ opening: Opening) {
        asking[connection] = (opening.peer, EnrolmentFrame())
    }

    func received(_ bytes: RawSpan, on connection: ConnectionID) {
        guard let request = try? asking[connection]?.frame.take(bytes) else { return }
        guard let directory, let server = try? EnrolmentServer(directory) else { return }
        let outcome = server.answer(request, from: asking[connection]?.peer, at: clock())
        if lostReplies > 0 {
            lostReplies -= 1
            loop.close(connection, afterFlush: false)
        } else {
            var reply = outcome.reply
            spoil(&reply, replies)
            replies += 1
            loop.send(reply, on: connection)
            loop.close(connection, afterFlush: true)
        }
    }

    func drained(_: ConnectionID) {}
    func closed(_ connection: ConnectionID, _: CloseReason) { asking[connection] = nil }
    func failed(_: AttemptID, _: CloseReason) {}
    func refused(_: SocketAddress, at _: ListenerID, _: CloseReason) {}
    func changed(_: ListenerCondition, of _: ListenerID) {}
}
