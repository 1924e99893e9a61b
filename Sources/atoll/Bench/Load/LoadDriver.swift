import Foundation
import Net
import Node
import Replica
import Sync

/// Stores of one process that sync with HQ through real connections, for benchmarks. All of it belongs to the thread that
/// calls `run`.
final class LoadDriver: EventLoopDelegate {
    let loop: EventLoop
    private let stores: [LoadStore]
    private let chain: Hash128
    private let port: UInt16
    private let codecs: SessionCodecs
    private var byConnection: [ConnectionID: Int] = [:]
    private var attempts: [AttemptID: Int] = [:]
    /// Stores that wait for their turn to dial, from `nextDial` on.
    private var waiting: [Int] = []
    private var nextDial = 0
    private var random = SystemRandomNumberGenerator()
    private var isStopping = false
    /// Told after each step of a store's session.
    private var stepped: (Int) -> Void = { _ in }
    /// Why it cannot be measured.
    private var failure: BenchError?
    /// Sessions that ended before the driver stopped, by the reason's name.
    private(set) var endings: [String: Int] = [:]

    init(_ stores: [LoadStore], _ chain: LoadChain) throws {
        (self.stores, self.chain, port) = (stores, chain.card.chain, chain.port)
        loop = try EventLoop()
        codecs = try SessionCodecs()
    }

    var now: Moment { Moment(monotonic: monotonicMilliseconds(), wall: systemMilliseconds()) }

    /// Dials with all stores, and again whenever a line is lost, until `stop`.
    ///
    /// - Parameters:
    ///   - limitSeconds: gives up after that.
    ///   - stepped: told the place of a store after each step of its session.
    func run(limitSeconds: Int64, stepped: @escaping (Int) -> Void) throws {
        self.stepped = stepped
        for index in stores.indices { dial(index) }
        loop.after(milliseconds: limitSeconds * 1000) { [self] in
            failure = .childFailed("not done after \(limitSeconds) seconds; sessions that ended: \(endings)")
            stop()
        }
        loop.after(milliseconds: 1000) { [self] in tick() }
        try loop.run(self)
        if let failure { throw failure }
    }

    func stop() {
        guard !isStopping else { return }
        isStopping = true
        loop.stop(flushMilliseconds: 0)
    }

    /// Sends what a store has written.
    func push(_ index: Int) { send(stores[index].push(at: now), of: index) }

    /// Handshakes that are under way at once. Stores have a processor each: with one thread for all of them, more would keep HQ
    /// waiting for answers until it hangs up.
    private static let dialLimit = 256

    private func dial(_ index: Int) {
        waiting.append(index)
        dialNext()
    }

    private func dialNext() {
        while !isStopping, attempts.count < Self.dialLimit, nextDial < waiting.count {
            let index = waiting[nextDial]
            nextDial += 1
            attempts[loop.connect(to: .host("127.0.0.1", port: port), stores[index].security)] = index
        }
        guard nextDial == waiting.count else { return }
        (waiting, nextDial) = ([], 0)
    }

    private func redial(_ index: Int) {
        guard !isStopping else { return }
        loop.after(milliseconds: stores[index].backOff.fail(&random)) { [self] in dial(index) }
    }

    private func tick() {
        guard !isStopping else { return }
        let now = now
        for (index, store) in stores.enumerated() where store.session.map({ $0.nextDeadline ?? .max <= now.monotonic }) ?? false
        {
            send(store.tick(at: now), of: index)
        }
        loop.after(milliseconds: 1000) { [self] in tick() }
    }

    /// Bytes that wait for a line; more is not made ready.
    private static let sendingLimit = 1 << 18

    private func send(_ bytes: [UInt8], of index: Int) {
        let store = stores[index]
        guard let connection = store.connection else { return }
        if !bytes.isEmpty, let waiting = loop.send(bytes, on: connection), waiting > Self.sendingLimit {
            _ = store.noteWritable(false, at: now)
        }
        if store.session?.end != nil { loop.close(connection, afterFlush: true) }
        stepped(index)
    }

    func opened(_ connection: ConnectionID, _ opening: Opening) {
        guard case .initiated(let attempt) = opening.origin, let index = attempts.removeValue(forKey: attempt) else { return }
        byConnection[connection] = index
        defer { dialNext() }
        send(stores[index].begin(on: connection, chain, codecs, at: now), of: index)
    }

    func received(_ bytes: RawSpan, on connection: ConnectionID) {
        guard let index = byConnection[connection] else { return }
        send(stores[index].receive(bytes, at: now), of: index)
    }

    func drained(_ connection: ConnectionID) {
        guard let index = byConnection[connection] else { return }
        send(stores[index].noteWritable(true, at: now), of: index)
    }

    func closed(_ connection: ConnectionID, _ reason: CloseReason) {
        guard let index = byConnection.removeValue(forKey: connection) else { return }
        let end = stores[index].lose()
        if !isStopping { endings[end.map { "\($0)" } ?? "\(reason)", default: 0] += 1 }
        redial(index)
    }

    func failed(_ attempt: AttemptID, _ reason: CloseReason) {
        if let index = attempts.removeValue(forKey: attempt) { redial(index) }
        dialNext()
    }

    func refused(_ address: SocketAddress, at listener: ListenerID, _ reason: CloseReason) {}

    func changed(_ condition: ListenerCondition, of listener: ListenerID) {}
}
