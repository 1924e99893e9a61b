import Foundation
import Net
import Node
import Replica
import Testing

@Suite struct RegistrarTests {
    private let chain: TestChain

    init() throws { chain = try TestChain() }

    @Test func `numbers go up, and none is given twice`() throws {
        #expect(try chain.invite("S001").member == 1)
        #expect(try chain.invite("S002").member == 2)
        #expect(try chain.registrar { try $0.revoke("S002", at: TestChain.now) } == .invitationWithdrawn(member: 2))
        #expect(try chain.invite("S003").member == 3)
        try chain.enrol(try chain.invite("S004"), PrivateKey())
        try FileManager.default.removeItem(atPath: chain.path + "/invitations.json")
        #expect(try chain.invite("S005").member == 5, "the records know, too")
    }

    @Test func `a token says what HQ knows`() throws {
        let token = try chain.invite("S001")
        #expect(token.chain == chain.founded.card.chain && token.name == "S001")
        #expect(token.authority == chain.founded.authority)
        #expect(token.expires == TestChain.now + 2 * TestChain.day)
        #expect(token.address.description == "127.0.0.1:7400")
        let elsewhere = try NodeAddress.test("vpn:1")
        let other = try chain.registrar {
            try $0.invite("S002", validMilliseconds: TestChain.hour, address: elsewhere, at: TestChain.now)
        }
        #expect(other.address == elsewhere && other.secret != token.secret)
    }

    @Test func `the secret of a token is nowhere in HQ's directory`() throws {
        let token = try chain.invite("S001")
        let hexadecimal = token.secret.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        for (name, bytes) in try chain.folder.contents(of: chain.path) {
            #expect(
                bytes.firstRange(of: Data(token.secret)) == nil && bytes.firstRange(of: Data(hexadecimal.utf8)) == nil,
                "\(name)")
        }
        let path = chain.path + "/invitations.json"
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    @Test func `inviting again makes the old token worthless and keeps the number`() throws {
        let (old, new) = (try chain.invite("S001"), try chain.invite("S001"))
        #expect(old.member == new.member && old.secret != new.secret)
        #expect(try chain.answer(try chain.request(old, PrivateKey())).code == 4)
        try chain.enrol(new, PrivateKey())
    }

    @Test func `a half written list of invitations is not read`() throws {
        let token = try chain.invite("S001")
        try Data("{".utf8).write(to: URL(fileURLWithPath: chain.path + "/invitations.json.new"))
        #expect(try chain.invite("S002").member == 2)
        try chain.enrol(token, PrivateKey())
    }

    @Test func `a damaged list of invitations is named, and nothing is given out`() throws {
        _ = try chain.invite("S001")
        let path = chain.path + "/invitations.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for wrong in [
            "{", text.replacing(#""secretDigest" : ""#, with: #""secretDigest" : "0"#), text.replacing("2,", with: "1,"),
        ] {
            try Data(wrong.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: NodeError.self) { _ = try chain.invite("S002") }
            #expect("\(String(describing: error))".contains(path))
        }
    }

    @Test func `a member's name is taken, HQ's most of all`() throws {
        try chain.enrol(try chain.invite("S001"), PrivateKey())
        #expect(throws: RegistrarError.isMember("S001", member: 1, isRevoked: false)) { _ = try chain.invite("S001") }
        #expect(throws: RegistrarError.headquarters) { _ = try chain.invite("HQ", replaces: true) }
        #expect(throws: RegistrarError.headquarters) { _ = try chain.registrar { try $0.revoke("HQ", at: 0) } }
        #expect(throws: RegistrarError.unknownMember("S002", known: ["HQ", "S001"])) {
            _ = try chain.invite("S002", replaces: true)
        }
        for name in ["", " a", "a\n", "a\u{202E}b", String(repeating: "x", count: 65)] {
            #expect(throws: RegistrarError.invalidName(name)) { _ = try chain.invite(name) }
        }
    }

    @Test func `without an address there is no token, and no number is used up`() throws {
        let chain = try TestChain(address: nil)
        #expect(throws: RegistrarError.noAddress) { _ = try chain.invite("S001") }
        let address = try NodeAddress.test("hq:1")
        let token = try chain.registrar {
            try $0.invite("S001", validMilliseconds: 1_000, address: address, at: TestChain.now)
        }
        #expect(token.member == 1)
    }

    @Test func `a revoked member keeps its certificate in its record, and can be taken back`() throws {
        try chain.enrol(try chain.invite("S001"), PrivateKey())
        let now = TestChain.now + 1
        #expect(try chain.registrar { try $0.revoke("S001", reason: "stolen", at: now) } == .revoked(member: 1))
        let revoked = try #require(try chain.membership().member(named: "S001"))
        #expect(revoked.revocation?.since == now && revoked.revocation?.reason == "stolen")
        #expect(revoked.certificate != nil && revoked.isRefused)
        #expect(throws: RegistrarError.alreadyRevoked("S001", since: now)) {
            try chain.registrar { _ = try $0.revoke("S001", at: now + 1) }
        }
        #expect(throws: RegistrarError.isMember("S001", member: 1, isRevoked: true)) { _ = try chain.invite("S001") }
        #expect(try chain.registrar { try $0.reinstate("S001", at: now) } == 1)
        #expect(try chain.membership()[1]?.isRefused == false)
        #expect(throws: RegistrarError.notRevoked("S001")) { _ = try chain.registrar { try $0.reinstate("S001", at: now) } }
        #expect(throws: RegistrarError.unknownMember("S9", known: ["HQ", "S001"])) {
            _ = try chain.registrar { try $0.revoke("S9", at: now) }
        }
    }

    @Test func `a store is no registrar`() throws {
        _ = try ReplicaDirectory.test(chain.folder["store"])
        let directory = try ReplicaDirectory.open(at: chain.folder["store"])
        let error = #expect(throws: IdentityError.self) { _ = try Registrar(directory) }
        #expect(error == .notHeadquarters(directory: chain.folder["store"], name: "S001"))
        #expect(throws: IdentityError.self) { _ = try EnrolmentServer(directory) }
    }

    @Test func `an act that a command asks for and one that the node does are the same`() throws {
        let invite = RegistrarAct.invite(name: "S001", replaces: false, validMilliseconds: 1_000, address: nil)
        let outcome = try chain.headquarters { try invite.perform(on: $0, at: TestChain.now) }
        guard case .invited(let token) = outcome else { throw NodeError.stopped }
        try chain.enrol(token, PrivateKey())
        let acts: [(RegistrarAct, RegistrarAct.Outcome)] = [
            (.revoke(name: "S001", reason: nil), .revoked(.revoked(member: 1))),
            (.reinstate(name: "S001"), .reinstated(member: 1)),
        ]
        for (act, expected) in acts {
            #expect(try chain.headquarters { try act.perform(on: $0, at: TestChain.now) } == expected)
        }
    }
}
