import CRDT
import Replica
import Sync
import Testing

@Suite struct FenceProgressTests {
    private let fence = Dot(origin: Origin(member: 0, incarnation: 1), sequence: 9)
    private let lost = Origin(member: 3, incarnation: 1)
    private let successor = Origin(member: 3, incarnation: 2)
    private let books = Scope(.books, of: 3)
    private let customers = Scope(.customers)

    private func receipt(_ held: [Scope: UInt64], fence: Dot? = nil, of origin: Origin? = nil) -> FenceReceipt {
        FenceReceipt(
            fence: fence ?? self.fence,
            held: held.mapValues { VersionVector([.init(origin: origin ?? lost, sequence: $0)]) })
    }

    private func waits(
        _ receipts: [UInt32: FenceReceipt], held: [Scope: UInt64] = [:], live: [UInt32] = [1, 2]
    ) -> [FenceProgress.Wait] {
        FenceProgress(
            of: fence, live: live, receipts: receipts, isLost: { $0 == lost },
            held: { VersionVector([.init(origin: lost, sequence: held[$0] ?? 0)]) }
        ).waits
    }

    @Test func `whoever has not said that it holds the fence is waited for`() {
        #expect(
            waits([2: receipt([:])], live: [2, 1]) == [FenceProgress.Wait(member: 1, reason: .unacknowledged)])
        let earlier = receipt([:], fence: Dot(origin: fence.origin, sequence: 8))
        #expect(waits([1: earlier, 2: receipt([:])]) == [FenceProgress.Wait(member: 1, reason: .unacknowledged)])
    }

    @Test func `whoever holds more of the lost one than headquarters is waited for`() {
        let receipts: [UInt32: FenceReceipt] = [1: receipt([books: 5, customers: 7]), 2: receipt([customers: 6])]
        #expect(
            waits(receipts, held: [books: 5, customers: 6])
                == [.init(member: 1, reason: .undelivered(customers, lost, told: 7, held: 6))])
        #expect(waits(receipts, held: [books: 5, customers: 7]) == [])
        #expect(
            waits(receipts).map(\.member) == [1, 2], "each of them once, however much it has not delivered")
    }

    @Test func `the incarnation of the machine in its place keeps nobody waiting`() {
        #expect(waits([1: receipt([books: 5], of: successor), 2: receipt([:])]) == [])
    }

    @Test func `with nobody else alive a fence is complete at once`() {
        #expect(waits([:], live: []) == [])
    }

    @Test func `a receipt reads as it was written, and nothing else is one`() throws {
        let receipt = receipt([books: 5, customers: 700])
        let bytes = receipt.packed
        #expect(try FenceReceipt(packed: bytes) == receipt)
        for count in 0..<bytes.count {
            #expect(throws: CodecError.self) { try FenceReceipt(packed: Array(bytes.prefix(count))) }
        }
        #expect(throws: CodecError.self) { try FenceReceipt(packed: bytes + [0]) }
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            guard let read = try? FenceReceipt(packed: damaged) else { continue }
            #expect(read != receipt && read.packed == damaged, "only the canonical form is read")
        }
    }

    @Test func `a receipt tells of the lost one alone`() throws {
        let (headquarters, store) = (try EscrowSite(0), try EscrowSite(3))
        try headquarters.mint(5)
        try store.mint(5)
        try headquarters.pull(from: store)
        let receipt = FenceReceipt(for: fence, of: 3, held: headquarters.replica)
        #expect(receipt.held == [EscrowSite.scope: VersionVector([.init(origin: store.origin, sequence: 1)])])
    }
}
