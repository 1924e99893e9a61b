import CRDT
import Replica
import Sync
import Testing

@Suite struct CreditTests {
    @Test func `a receiver whose disk is slow is never sent more than it gave credit for`() throws {
        let (store, headquarters) = (try SessionEnd(1), try SessionEnd(0))
        var link = SessionLink(store, headquarters, seed: 1)
        for number in 0..<4000 { try store.sell("S001-\(10_000 + number)", customer: nil, at: link.now) }
        var bounds = SessionBounds()
        bounds.creditBytes = 200
        link.connect(bounds: bounds)
        var rounds = 0
        while store.session?.isIdle != true, store.session?.end == nil, rounds < 10_000 {
            // The receiver's disk answers only once the line is quiet.
            repeat {
                store.work(at: link.now)
                carry(from: store, to: headquarters, at: link.now)
                store.work(at: link.now)
            } while !store.line.isEmpty
            headquarters.work(at: link.now)
            carry(from: headquarters, to: store, at: link.now)
            rounds += 1
        }
        #expect(headquarters.session?.end == nil)
        #expect(store.session?.end == nil)
        #expect(link.differences == [])
    }

    private func carry(from source: SessionEnd, to sink: SessionEnd, at now: Moment) {
        let bytes = source.line
        source.line = []
        bytes.withUnsafeBytes { sink.session?.receive($0, at: now) }
    }
}
