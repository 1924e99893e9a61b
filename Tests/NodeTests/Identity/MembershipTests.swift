import CRDT
import Net
import Node
import Replica
import Retail
import Sync
import Testing

@Suite struct MembershipTests {
    private let chain: TestChain

    init() throws { chain = try TestChain() }

    @Test func `an enrolled member's record holds its name, certificate and address`() throws {
        let key = try PrivateKey()
        let certificate = try chain.enrol(try chain.invite("S001"), key, address: "s1.example.com:7400")
        let membership = try chain.membership()
        #expect(membership.members.map(\.number) == [0, 1])
        let member = try #require(membership[1])
        #expect(member.name == "S001" && member.address?.description == "s1.example.com:7400")
        #expect(try member.certificate == certificate.der)
        let signature = try key.sign([7])
        #expect(membership.publicKey(of: 1)?.verify(signature, of: [7]) == true)
        #expect(membership.publicKey(of: 1)?.verify(signature, of: [8]) == false)
        #expect(membership.publicKey(of: 2) == nil && membership[7] == nil)
        #expect(membership.member(named: "S001") == member)
    }

    @Test func `every member is found by its number, whatever the gaps`() throws {
        let numbers: [UInt32] = [1, 2, 5, 9, 1 << 23, 1 << 24 - 1]
        try chain.headquarters { directory in
            try directory.replica.perform(at: 1) { transaction in
                for number in numbers {
                    try transaction.set(
                        RetailSchema.Member.name, of: RetailSchema.member(number), to: .text("M\(number)"))
                }
            }
        }
        let membership = try chain.membership()
        #expect(membership.members.map(\.number) == [0] + numbers)
        for number in [0] + numbers { #expect(membership[number]?.number == number) }
        for number in [3, 4, 10, 1 << 23 + 1] as [UInt32] { #expect(membership[number] == nil) }
        #expect(membership[5]?.publicKey == nil, "a member without a certificate signs nothing")
    }

    @Test func `a member serves the customers of the regions that its record names, and of region 0 if it names none`() throws {
        let region = { (number: UInt64) in Element.identifier(Identifier(number: number, digits: 8)) }
        try chain.headquarters { directory in
            try directory.replica.perform(at: 1) { transaction in
                for number in 1...3 as ClosedRange<UInt32> {
                    try transaction.set(
                        RetailSchema.Member.name, of: RetailSchema.member(number), to: .text("M\(number)"))
                }
                for (member, number) in [(1, 7), (1, 8), (2, 1 << 24)] as [(UInt32, UInt64)] {
                    try transaction.insert(
                        region(number), into: RetailSchema.Member.regions, of: RetailSchema.member(member))
                }
            }
        }
        let access = try chain.membership().access
        #expect(access[1].regions == [7, 8])
        #expect(access.mayWrite(1, Scope(.customers, of: 8)) && !access.mayRead(1, Scope(.customers)))
        #expect(access[2].regions == [0], "what cannot be a region is none")
        #expect(access[3].regions == [0])
        try chain.headquarters { directory in
            try directory.replica.perform(at: 2) { transaction in
                try transaction.remove(RetailSchema.Member.regions, region(7), of: RetailSchema.member(1))
            }
        }
        #expect(try chain.membership().access[1].regions == [8])
    }

    @Test func `a replaced machine stays out although HQ's clock ran ahead when it got its certificate`() throws {
        let (first, second) = (try PrivateKey(), try PrivateKey())
        let stolen = try chain.enrol(try chain.invite("S001"), first, at: TestChain.now + TestChain.day).identity
        let fresh = try chain.enrol(try chain.invite("S001", replaces: true), second).identity
        #expect(stolen.validity.lowerBound > fresh.validity.lowerBound)
        #expect(try chain.membership().refusal(of: stolen) == .replaced(name: "S001"))
        #expect(try chain.membership().refusal(of: fresh) == nil)
        // Put back in its old place, it is the member's machine again.
        try chain.enrol(try chain.invite("S001", replaces: true), first)
        #expect(try chain.membership().refusal(of: stolen) == nil)
        #expect(try chain.membership().refusal(of: fresh) == .replaced(name: "S001"))
    }

    @Test func `a revoked machine and one that was replaced may not speak for the member`() throws {
        let old = try chain.enrol(try chain.invite("S001"), PrivateKey())
        let (identity, before) = (try old.identity, try chain.membership())
        #expect(before.refusal(of: identity) == nil && before.access == Access())
        let later = TestChain.now + TestChain.day
        _ = try chain.registrar { try $0.revoke("S001", reason: "stolen", at: later) }
        #expect(
            try chain.membership().refusal(of: identity) == .revoked(name: "S001", since: later, reason: "stolen"))
        #expect(try chain.membership().access == Access(exceptions: [1: .init(isRevoked: true)]))
        let token = try chain.invite("S001", replaces: true, at: later)
        let new = try chain.enrol(token, PrivateKey(), at: later)
        let after = try chain.membership()
        #expect(token.member == 1 && after[1]?.isRefused == false, "a machine that HQ lets in ends the revocation")
        #expect(after.refusal(of: identity) == .replaced(name: "S001"))
        #expect(after.refusal(of: try new.identity) == nil)
        #expect(before.refusal(of: try new.identity) == nil, "a neighbour that has not heard of it lets the younger one in")
    }

    @Test func `a renewed certificate and a member that nobody has heard of are let in`() throws {
        let (key, token) = (try PrivateKey(), try chain.invite("S001"))
        let early = try chain.membership()
        let first = try chain.enrol(token, key)
        #expect(early.refusal(of: try first.identity) == nil)
        let later = TestChain.now + 61 * TestChain.day
        let answer = try chain.answer(try chain.renewal(key), from: try first.identity, at: later)
        let second = try #require(answer.certificate)
        #expect(try second.der != first.der)
        #expect(try chain.membership().refusal(of: try first.identity) == nil, "the old one is still valid")
        #expect(try chain.membership().refusal(of: try second.identity) == nil)
    }
}
