import Foundation
import Net
import Node
import Replica
import Testing

/// HQ's side by itself, asked by hand.
@Suite struct EnrolmentServerTests {
    private let chain: TestChain
    private let key: PrivateKey

    init() throws {
        chain = try TestChain()
        key = try PrivateKey()
    }

    @Test func `a token and a key become a member's certificate`() throws {
        let token = try chain.invite("S001")
        let answer = try chain.answer(try chain.request(token, key))
        #expect(answer.member == 1 && answer.name == "S001" && answer.address == "127.0.0.1:7400")
        #expect(answer.digestKey == chain.founded.card.digestKey)
        let (certificate, authority) = (try #require(answer.certificate), try #require(answer.authority))
        #expect(try authority.fingerprint == token.authority)
        let identity = try certificate.check(issuedBy: authority, at: TestChain.now)
        #expect(identity.member == 1 && identity.name == "S001", "the name is HQ's choice, not the machine's")
        #expect(try identity.publicKeyFingerprint == key.publicKey.fingerprint)
        #expect(identity.validity.upperBound == TestChain.now + 90 * TestChain.day)
    }

    @Test func `the same machine gets the same certificate however often it asks, even late`() throws {
        let token = try chain.invite("S001")
        let request = try chain.request(token, key)
        let first = try #require(try chain.answer(request).certificate).der
        let again = try #require(try chain.answer(request, at: token.expires + TestChain.day).certificate).der
        #expect(first == again)
        let much = TestChain.now + 100 * TestChain.day
        let renewed = try #require(try chain.answer(request, at: much).certificate)
        #expect(try renewed.validity.contains(much), "a certificate that has ended meanwhile is no use to it")
    }

    @Test func `another machine with a used token is refused, and the member stays`() throws {
        let token = try chain.invite("S001")
        let certificate = try chain.enrol(token, key)
        #expect(try chain.answer(try chain.request(token, PrivateKey())).code == 6)
        #expect(try chain.membership()[1]?.certificate == certificate.der)
    }

    @Test func `a token works to its last moment and not after it`() throws {
        let (first, second) = (try chain.invite("S001"), try chain.invite("S002"))
        #expect(try chain.answer(try chain.request(first, key), at: first.expires).code == 0)
        let late = try chain.answer(try chain.request(second, PrivateKey()), at: second.expires + 1)
        #expect(late.code == 5 && late.evidence == UInt64(second.expires))
        #expect(try chain.membership()[2] == nil)
    }

    @Test func `an unknown secret, a withdrawn token and another chain are told apart`() throws {
        let token = try chain.invite("S001")
        #expect(try chain.answer(try chain.request(token, key, secret: [UInt8](repeating: 0, count: 16))).code == 4)
        #expect(try chain.answer(try chain.request(token, key, chain: Hash128(high: 1, low: 1))).code == 3)
        _ = try chain.registrar { try $0.revoke("S001", at: TestChain.now) }
        #expect(try chain.answer(try chain.request(token, key)).code == 4)
        #expect(try chain.membership().members.count == 1)
    }

    @Test func `a revoked machine is refused, also with the token that once let it in`() throws {
        let token = try chain.invite("S001")
        let certificate = try chain.enrol(token, key)
        _ = try chain.registrar { try $0.revoke("S001", at: TestChain.now + 5) }
        let renewal = try chain.answer(try chain.renewal(key), from: try certificate.identity)
        #expect(renewal.code == 7 && renewal.evidence == UInt64(TestChain.now + 5))
        #expect(try chain.answer(try chain.request(token, key)).code == 4)
        _ = try chain.registrar { try $0.reinstate("S001", at: TestChain.now + 6) }
        #expect(try chain.answer(try chain.renewal(key), from: try certificate.identity).code == 0)
    }

    @Test func `a renewal is granted to the member's own machine and key alone`() throws {
        let certificate = try chain.enrol(try chain.invite("S001"), key)
        let due = TestChain.now + 61 * TestChain.day
        #expect(try chain.answer(try chain.renewal(key), at: due).code == 9, "without a certificate")
        #expect(try chain.answer(try chain.renewal(PrivateKey()), from: try certificate.identity, at: due).code == 8)
        let stranger = try TestChain()
        let other = try stranger.enrol(try stranger.invite("S001"), key)
        #expect(try chain.answer(try chain.renewal(key), from: try other.identity, at: due).code == 9)
        let new = try chain.enrol(try chain.invite("S001", replaces: true), PrivateKey())
        #expect(try chain.answer(try chain.renewal(key), from: try certificate.identity, at: due).code == 8)
        #expect(try chain.membership()[1]?.certificate == new.der)
    }

    @Test func `a renewal whose reply was lost is answered with the same certificate`() throws {
        let old = try chain.enrol(try chain.invite("S001"), key, address: "s1:1")
        let due = TestChain.now + 61 * TestChain.day
        let first = try #require(try chain.answer(try chain.renewal(key), from: try old.identity, at: due).certificate)
        let again = try #require(
            try chain.answer(try chain.renewal(key), from: try old.identity, at: due + TestChain.day).certificate)
        #expect(try first.der == again.der && first.der != old.der)
        #expect(try chain.membership()[1]?.address?.description == "s1:1", "no address leaves the old one")
        let moved = try chain.answer(try chain.renewal(key, address: "s1:2"), from: try first.identity, at: due)
        #expect(try moved.code == 0 && chain.membership()[1]?.address?.description == "s1:2")
    }

    /// HQ decides who gets in before anything else: whatever a crash takes of the rest, that stays.
    @Test func `after a crash between the token's mark and the record only the same machine gets in`() throws {
        let token = try chain.invite("S001")
        let database = chain.path + "/replica.db"
        let before = try Data(contentsOf: URL(fileURLWithPath: database))
        try chain.enrol(token, key)
        try before.write(to: URL(fileURLWithPath: database))
        try? FileManager.default.removeItem(atPath: chain.path + "/high-water")
        #expect(try chain.membership()[1] == nil)
        #expect(try chain.answer(try chain.request(token, PrivateKey())).code == 6)
        #expect(try chain.membership()[1] == nil)
        let certificate = try chain.enrol(token, key)
        #expect(try chain.membership()[1]?.certificate == certificate.der)
    }

    @Test func `a token stays unused if the mark cannot be written`() throws {
        let token = try chain.invite("S001")
        // The draft of the list cannot be made where a folder stands.
        let obstacle = chain.path + "/invitations.json.new"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        #expect(try chain.answer(try chain.request(token, key)).code == 10)
        #expect(try chain.membership()[1] == nil)
        try FileManager.default.removeItem(atPath: obstacle)
        try chain.enrol(token, try PrivateKey())
    }

    @Test func `what is no request is refused and never read beyond its end`() throws {
        let token = try chain.invite("S001")
        let request = try chain.request(token, key, address: "s1:1")
        let truncated = request.indices.map { (Array(request[..<$0]), 1 as UInt8) }
        let strange =
            [
                (request + [0], 1), ([2] + request.dropFirst(), 2), ([1, 3] + request.dropFirst(2), 1),
            ] as [([UInt8], UInt8)]
        try chain.headquarters { directory in
            let server = try EnrolmentServer(directory)
            for (bytes, code) in truncated + strange {
                #expect(try Answer(server.answer(bytes, from: nil, at: TestChain.now).reply).code == code)
            }
        }
        #expect(try chain.membership().members.count == 1)
    }

    @Test func `a flipped bit anywhere in a request makes nobody a member under another key or token`() throws {
        let token = try chain.invite("S001")
        let request = try chain.request(token, key)
        try chain.headquarters { directory in
            let server = try EnrolmentServer(directory)
            for bit in 0..<request.count * 8 {
                var wrong = request
                wrong[bit / 8] ^= 1 << UInt8(bit % 8)
                let answer = try Answer(server.answer(wrong, from: nil, at: TestChain.now).reply)
                #expect(answer.code != 0, "bit \(bit)")
            }
        }
        #expect(try chain.membership().members.count == 1)
        try chain.enrol(token, key)
    }

    @Test func `a frame is whole when its last byte is there, and no longer than it may be`() throws {
        let body = [UInt8](repeating: 7, count: 300)
        let bytes: [UInt8] = [0x81, 0x2C] + body
        var frame = EnrolmentFrame()
        for (index, byte) in bytes.enumerated() {
            let taken = try frame.take([byte].span.bytes)
            #expect(taken == (index == bytes.count - 1 ? body : nil))
        }
        var trailing = EnrolmentFrame()
        #expect(throws: EnrolmentError.self) { _ = try trailing.take((bytes + [0]).span.bytes) }
        for long in [[0xC0, 0x40, 0x01], [0xFF] + [UInt8](repeating: 0xFF, count: 8)] as [[UInt8]] {
            var frame = EnrolmentFrame()
            #expect(throws: EnrolmentError.self) { _ = try frame.take(long.span.bytes) }
        }
        var endless = EnrolmentFrame()
        #expect(throws: EnrolmentError.self) { _ = try endless.take([UInt8](repeating: 0, count: 1 << 20).span.bytes) }
    }
}
