import CRDT
import Replica
import Sync
import Testing

/// Whose transactions count as the registrar's, by the grants that are known.
@Suite struct OfficeTests {
    private func term(_ number: UInt64, _ holder: UInt32, isTaken: Bool = false, ended: [Origin: UInt64] = [:]) -> Office.Term {
        Office.Term(number: number, holder: holder, since: Int64(number), isTaken: isTaken, ended: ended)
    }

    private func dot(_ member: UInt32, _ sequence: UInt64) -> Dot {
        Dot(origin: Origin(member: member, incarnation: 1), sequence: sequence)
    }

    @Test func `the last act of a term that was handed over counts, and the next one does not`() {
        var office = Office()
        #expect(office.permits(dot(0, 9)) && !office.permits(dot(1, 1)))
        office.add(term(1, 1, ended: [Origin(member: 0, incarnation: 1): 7]))
        #expect(office.permits(dot(0, 7)) && !office.permits(dot(0, 8)))
        #expect(!office.permits(Dot(origin: Origin(member: 0, incarnation: 2), sequence: 1)), "that one it does not name")
        #expect(office.permits(dot(1, 1)) && !office.permits(dot(2, 1)))
    }

    @Test func `of several grants of one term the last one names the holder, and what all their holders decided counts`() {
        let (first, second) = (term(1, 1, isTaken: true), term(1, 2, isTaken: true))
        var office = Office()
        office.add(first)
        #expect(office.permits(dot(1, 9)) && !office.permits(dot(2, 1)))
        for (grant, holder) in [(second, 2), (first, 1), (first, 1), (second, 2)] as [(Office.Term, UInt32)] {
            office.add(grant)
            #expect(office.holder == holder && office.terms == [grant])
            #expect(office.permits(dot(1, 9)) && office.permits(dot(2, 9)) && !office.permits(dot(3, 1)))
        }
        // A term that only one of them has granted.
        office.add(term(2, 3, ended: [Origin(member: 1, incarnation: 1): 4]))
        #expect(office.holder == 3 && office.permits(dot(1, 9)) && office.permits(dot(2, 9)))
    }

    @Test func `whoever takes a handed over term for itself does not lengthen the term before`() {
        var office = Office()
        office.add(term(1, 1, ended: [Origin(member: 0, incarnation: 1): 7]))
        office.add(term(1, 2, ended: [Origin(member: 0, incarnation: 1): 8]))
        #expect(office.permits(dot(0, 8)) && !office.permits(dot(0, 9)))
    }

    @Test func `a term of which nobody knows the holder is nobody's, and its grant ends that`() {
        var office = Office()
        office.add(term(1, Office.unknownHolder))
        #expect(!office.permits(dot(0, 1)) && !office.permits(dot(1, 1)))
        office.add(term(1, 1, ended: [Origin(member: 0, incarnation: 1): 7]))
        #expect(office.holder == 1 && office.permits(dot(0, 7)) && !office.permits(dot(0, 8)))
        office.add(term(2, 2, ended: [Origin(member: 1, incarnation: 1): 3]))
        #expect(office.permits(dot(1, 3)) && !office.permits(dot(1, 4)), "it had no rival")
    }
}
