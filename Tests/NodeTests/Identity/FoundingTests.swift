import Foundation
import Net
import Node
import Replica
import Testing

@Suite struct FoundingTests {
    @Test func `a founded chain has an authority, keys for nobody else, and HQ's record`() throws {
        let chain = try TestChain()
        let keys = try NodeKeys.read(in: chain.path)
        let identity = try keys.certificate.check(issuedBy: keys.authority, at: TestChain.now)
        #expect(identity.member == 0 && identity.name == "HQ")
        #expect("\(identity.chain)" == "\(chain.founded.card.chain)")
        #expect(try keys.authority.fingerprint == chain.founded.authority)
        let modes: [(String, Int)] = [
            ("keys", 0o700), ("keys/authority.key", 0o600), ("keys/node.key", 0o600), ("identity.json", 0o600),
        ]
        for (name, mode) in modes {
            let found = try FileManager.default.attributesOfItem(atPath: chain.path + "/" + name)[.posixPermissions] as? Int
            #expect(found == mode, "\(name)")
        }
        let record = try #require(try chain.membership()[0])
        #expect(record.name == "HQ" && record.address?.description == "127.0.0.1:7400" && record.revocation == nil)
        #expect(try record.certificate == keys.certificate.der)
        #expect(try NodeConfiguration.read(in: chain.path).listen?.description == "127.0.0.1:7400")
        let message: [UInt8] = [1, 2, 3]
        let signature = try keys.key.sign(message)
        #expect(try chain.membership().publicKey(of: 0)?.verify(signature, of: message) == true)
    }

    @Test func `an occupied directory stays as it is, and an empty one becomes HQ's`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder["full"], withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder["full/file"]))
        try FileManager.default.createDirectory(atPath: folder["empty"], withIntermediateDirectories: true)
        let listen = try NodeAddress.test("127.0.0.1:1")
        for name in ["full", "full/file"] {
            let error = #expect(throws: NodeError.self) {
                _ = try Founding.found(at: folder[name], listen: listen, address: nil, at: TestChain.now)
            }
            #expect(error == .occupied(path: folder[name]))
        }
        _ = try Founding.found(at: folder["empty"], listen: listen, address: nil, at: TestChain.now)
        _ = try NodeKeys.read(in: folder["empty"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["empty", "full"])
    }

    @Test func `what an interrupted founding left is cleared away by the next one`() throws {
        let folder = try TemporaryFolder()
        let half = folder[".hq.joining/replica"]
        try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(fileURLWithPath: half + "/replica.db"))
        _ = try Founding.found(
            at: folder["hq"] + "/", listen: try .test("127.0.0.1:1"), address: nil, at: TestChain.now)
        #expect(try ReplicaDirectory.open(at: folder["hq"]).card.member == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["hq"])
    }

    @Test func `two foundings of one directory do not mix`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder[".hq.joining"], withIntermediateDirectories: true)
        let other = try DirectoryLock(folder[".hq.joining"])
        let error = #expect(throws: NodeError.self) {
            _ = try Founding.found(at: folder["hq"], listen: try .test("127.0.0.1:1"), address: nil, at: TestChain.now)
        }
        #expect(error == .locked(directory: folder[".hq.joining"], holder: getpid()))
        withExtendedLifetime(other) {}
    }

    @Test func `a key that is not the certificate's, and a file that is none, are named`() throws {
        let chain = try TestChain()
        let path = chain.path + "/keys/node.key"
        try Data(try PrivateKey().pem).write(to: URL(fileURLWithPath: path))
        let mismatch = #expect(throws: IdentityError.self) { _ = try NodeKeys.read(in: chain.path) }
        #expect(mismatch == .unusable(path: chain.path + "/keys/node.pem", .keyMismatch))
        try Data("rubbish".utf8).write(to: URL(fileURLWithPath: path))
        let rubbish = #expect(throws: IdentityError.self) { _ = try NodeKeys.read(in: chain.path) }
        #expect("\(String(describing: rubbish))".contains("keys/node.key"))
        let none = #expect(throws: IdentityError.self) { _ = try NodeKeys.read(in: chain.folder.path) }
        #expect(none == .notANode(directory: chain.folder.path))
    }

    @Test func `HQ renews its own certificate for the same key`() throws {
        let chain = try TestChain()
        let before = try NodeKeys.read(in: chain.path)
        let later = TestChain.now + 61 * TestChain.day
        #expect(!Renewal.isDue(try before.certificate.validity, at: TestChain.now + 59 * TestChain.day))
        #expect(Renewal.isDue(try before.certificate.validity, at: later))
        let renewed = try chain.registrar { try $0.renewOwnCertificate(at: later) }
        #expect(try renewed.certificate.publicKey.der == before.certificate.publicKey.der)
        #expect(!Renewal.isDue(try renewed.certificate.validity, at: later))
        #expect(try NodeKeys.read(in: chain.path).certificate.der == renewed.certificate.der)
        #expect(try chain.membership()[0]?.certificate == renewed.certificate.der)
    }
}
