import CRDT
import Replica
import Sync

/// What a handmade peer says, once it is connected.
protocol Talk: AnyObject {
    /// What it says by itself.
    func goOn() -> [UInt8]
    /// - Returns: what it answers.
    func take(_ bytes: [UInt8]) -> [UInt8]
}

/// A member that opens a session with HQ by the book, and then says whatever it likes.
final class Script: Talk {
    private let origin: Origin
    private let chain: Hash128
    private var steps: [(when: FrameKind, say: [Frame])]
    private var reader = FrameReader(limit: FrameLimits.bytes)

    /// - Parameters:
    ///   - held: how far it says to hold scopes.
    ///   - steps: what it says when a frame of some kind has come, each once and in this order.
    init(
        _ origin: Origin, of chain: Hash128, holding held: [Offer.Entry] = [], _ steps: [(when: FrameKind, say: [Frame])]
    ) {
        (self.origin, self.chain) = (origin, chain)
        self.steps = [(.hello, [.offer(Offer(held, isLast: true)), .ready(echo: 0, received: 0, time: 0)])] + steps
    }

    func goOn() -> [UInt8] {
        let hello = Hello(
            chain: chain, origin: origin, interest: .everything, sum: Hash128(high: 1, low: 2), credit: 1 << 20,
            time: UInt64(TestChain.now), stratum: 1)
        return Frame.hello(hello).bytes
    }

    func take(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { reader.append($0) }
        var answer: [UInt8] = []
        while let (kind, _) = try? reader.next() {
            guard let step = steps.first, step.when.rawValue == kind else { continue }
            steps.removeFirst()
            answer += step.say.flatMap(\.bytes)
        }
        return answer
    }
}
