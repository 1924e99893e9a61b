import Replica
import Sync
import Testing

@Suite struct SubscriptionsTests {
    private func key(_ number: UInt64) -> SessionKey { SessionKey(number: number) }

    private func concerned(_ subscriptions: Subscriptions, _ scopes: Scope...) -> [String] {
        subscriptions.concerned(by: scopes).map { "\($0.key.number): \($0.scopes.map { "\($0)" }.joined(separator: " "))" }
    }

    @Test func `each hears of what it wants, and who has not said so yet hears of everything`() {
        var subscriptions = Subscriptions()
        let (own, other) = (Scope(.books, of: 1), Scope(.books, of: 2))
        subscriptions.add(key(1), .everything)
        subscriptions.add(key(2), Interest(kinds: 0, scopes: [own, .chain]))
        subscriptions.expect(key(3))
        #expect(concerned(subscriptions, own, other) == ["1: books/1 books/2", "2: books/1", "3: books/1 books/2"])
        subscriptions.add(key(3), Interest(kinds: 0, scopes: [other]))
        subscriptions.add(key(3), .everything)
        #expect(concerned(subscriptions, own) == ["1: books/1", "2: books/1"])
        for number in 1...2 as ClosedRange<UInt64> { subscriptions.remove(key(number)) }
        #expect(concerned(subscriptions, own, other, .chain) == ["3: books/2"])
        subscriptions.remove(key(3))
        #expect(concerned(subscriptions, own, other, .chain) == [])
    }
}
