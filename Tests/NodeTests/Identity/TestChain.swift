import CRDT
import Foundation
import Net
import Node
import Replica
import Testing

/// A chain that was founded for a test, and requests as any machine could send them: written by hand after
/// `Protocol/enrolment.md`, so that both sides are checked against it and not against each other.
struct TestChain {
    /// Midnight of 2026-01-01, UTC.
    static let now: Int64 = 1_767_225_600_000
    static let hour: Int64 = 3_600_000
    static let day: Int64 = 24 * hour

    let folder: TemporaryFolder
    let founded: Founding.Founded
    var path: String { folder["hq"] }

    init(address: String? = "127.0.0.1:7400") throws {
        folder = try TemporaryFolder()
        founded = try Founding.found(
            at: folder["hq"], listen: try .test("127.0.0.1:7400"), address: try address.map { try .test($0) }, at: Self.now)
    }

    /// Opens HQ's replica, and lets it go again.
    func headquarters<Result>(_ body: (ReplicaDirectory) throws -> Result) throws -> Result {
        try body(try ReplicaDirectory.open(at: path))
    }

    func registrar<Result>(_ body: (Registrar) throws -> Result) throws -> Result {
        try headquarters { try body(try Registrar($0)) }
    }

    func invite(_ name: String, replaces: Bool = false, at now: Int64 = now) throws -> InviteToken {
        try registrar { try $0.invite(name, replaces: replaces, validMilliseconds: 2 * Self.day, at: now) }
    }

    func membership() throws -> Membership { try headquarters { try Membership(reading: $0.replica) } }

    /// HQ's answer to a request, as it is sent.
    func answer(_ request: [UInt8], from peer: PeerIdentity? = nil, at now: Int64 = now) throws -> Answer {
        try headquarters { directory in
            let outcome = try EnrolmentServer(directory).answer(request, from: peer, at: now)
            return try Answer(outcome.reply)
        }
    }

    /// Enrols a machine without a network.
    @discardableResult
    func enrol(_ token: InviteToken, _ key: PrivateKey, address: String = "", at now: Int64 = now) throws -> Certificate {
        let answer = try answer(try request(token, key, address: address), at: now)
        return try #require(answer.certificate, "\(answer)")
    }

    func request(
        _ token: InviteToken, _ key: PrivateKey, chain: Hash128? = nil, secret: [UInt8]? = nil, address: String = ""
    ) throws -> [UInt8] {
        var writer = ByteWriter()
        writer.write(raw: [1, 1])
        writer.write(raw: secret ?? token.secret)
        return try finish(&writer, chain ?? token.chain, address, key)
    }

    func renewal(_ key: PrivateKey, address: String = "") throws -> [UInt8] {
        var writer = ByteWriter()
        writer.write(raw: [1, 2])
        return try finish(&writer, founded.card.chain, address, key)
    }

    private func finish(
        _ writer: inout ByteWriter, _ chain: Hash128, _ address: String, _ key: PrivateKey
    ) throws -> [UInt8] {
        writer.write(fixed64: chain.high)
        writer.write(fixed64: chain.low)
        writer.write(counted: Array(address.utf8))
        writer.write(counted: try CertificateRequest(name: "whoever", key: key).der)
        return writer.bytes
    }
}

/// A reply, read by hand.
struct Answer: CustomStringConvertible {
    let code: UInt8
    /// What travels with a refusal.
    var evidence: UInt64 = 0
    var member: UInt64 = 0
    var name = ""
    var digestKey: [UInt8] = []
    var address = ""
    var certificate: Certificate?
    var authority: Certificate?

    var description: String { "code \(code), evidence \(evidence)" }

    init(_ frame: [UInt8]) throws {
        self = try frame.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            let length = try reader.readCount(limit: 16 << 10)
            #expect(length == reader.remaining)
            return try Answer(&reader)
        }
    }

    private init(_ reader: inout ByteReader) throws {
        #expect(try reader.readByte() == 1)
        code = try reader.readByte()
        if code != 0 {
            evidence = try reader.readVarint()
        } else {
            _ = try reader.readVarint()
            _ = try reader.readRaw(16)
            member = try reader.readVarint()
            name = try reader.readText(limit: 256)
            digestKey = Array(try reader.readRaw(16))
            address = try reader.readText(limit: 263)
            certificate = try Certificate(der: Array(try reader.readCounted(limit: 4096)))
            authority = try Certificate(der: Array(try reader.readCounted(limit: 4096)))
        }
        try reader.expectEnd()
    }
}

extension NodeAddress {
    static func test(_ text: String) throws -> NodeAddress { try #require(NodeAddress(text)) }
}
