import Simulation
import Sync
import Testing

@Suite struct PeerTableTests {
    /// A connection between members 3 and 7, and how each end calls it.
    private struct Line: Hashable {
        let dialler: UInt32
        let number: UInt64
    }

    private func key(_ number: UInt64) -> SessionKey { SessionKey(number: number) }

    /// The connection that one end goes on with, after it has met them in some order.
    private func survivor(at own: UInt32, _ lines: [Line]) -> Line? {
        var table = PeerTable(of: own)
        for line in lines {
            _ = table.admit(key(line.number), of: own == 3 ? 7 : 3, asInitiator: line.dialler == own) { _ in false }
        }
        return table[own == 3 ? 7 : 3].flatMap { key in lines.first { $0.number == key.number } }
    }

    @Test func `two nodes that dial each other at once keep the same connection, in whatever order they meet it`() {
        let (one, other) = (Line(dialler: 3, number: 1), Line(dialler: 7, number: 2))
        for first in [[one, other], [other, one]] {
            for second in [[one, other], [other, one]] {
                #expect(survivor(at: 3, first) == one)
                #expect(survivor(at: 7, second) == one)
            }
        }
    }

    @Test func `of two that the same side has dialled the later stays`() {
        for dialler in [3, 7] as [UInt32] {
            let lines = [Line(dialler: dialler, number: 1), Line(dialler: dialler, number: 2)]
            #expect(survivor(at: 3, lines)?.number == 2)
            #expect(survivor(at: 7, lines)?.number == 2)
        }
    }

    @Test func `a session that has heard nothing yet makes room for one that comes in`() {
        var table = PeerTable(of: 3)
        #expect(table.admit(key(1), of: 7, asInitiator: true) { _ in false } == .alone)
        #expect(table.admit(key(2), of: 7, asInitiator: false) { _ in false } == .superseded)
        #expect(table.admit(key(3), of: 7, asInitiator: false) { $0 == key(1) } == .replaces(key(1)))
        #expect(table[7] == key(3))
    }

    @Test func `the end of one that was replaced leaves the other in its place`() {
        var table = PeerTable(of: 3)
        _ = table.admit(key(1), of: 7, asInitiator: true) { _ in false }
        _ = table.admit(key(2), of: 7, asInitiator: true) { _ in false }
        table.remove(key(1), of: 7)
        #expect(table[7] == key(2))
        table.remove(key(2), of: 7)
        #expect(table[7] == nil)
        #expect(table.admit(key(3), of: 7, asInitiator: false) { _ in false } == .alone)
    }
}
