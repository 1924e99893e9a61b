import CRDT
import Foundation
import Net
import Node
import Replica
import Retail
import Sync
import Testing

/// `handover`, as a person calls it.
@Suite struct HandoverCommandTests {
    private let chain: Chain
    private var headquarters: String { chain.folder + "/hq" }
    private var file: String { chain.folder + "/office.pem" }

    /// HQ, and two members that have never been seen: a store and a second headquarters without a certificate.
    init() throws {
        chain = try Chain()
        let founded = try Program.run(["init", "--dir", headquarters, "--listen", "127.0.0.1:1"])
        #expect(founded.code == 0, "\(founded.errors)")
        let directory = try ReplicaDirectory.open(at: headquarters)
        let role = try signedRole(of: 2, in: directory.card.chain)
        try directory.replica.perform(at: 1) { transaction in
            for (number, name) in [(1, "S001"), (2, "HQ2")] as [(UInt32, String)] {
                try transaction.set(RetailSchema.Member.name, of: RetailSchema.member(number), to: .text(name))
            }
            try transaction.set(RetailSchema.Member.role, of: RetailSchema.member(2), to: .bytes(role))
        }
        try Data("no bundle".utf8).write(to: URL(filePath: chain.folder + "/words"))
    }

    /// An appointment by hand, after `Protocol/office.md`.
    private func signedRole(of member: UInt64, in chain: Hash128) throws -> [UInt8] {
        let pem = try Data(contentsOf: URL(filePath: headquarters + "/keys/authority.key"))
        var role = ByteWriter()
        role.write(fixed64: chain.high)
        role.write(fixed64: chain.low)
        role.write(varint: member)
        role.write(varint: 1)
        var signed = ByteWriter()
        signed.write(counted: try PrivateKey(pem: Array(pem)).sign(Array("atoll role 1\n".utf8) + role.bytes))
        signed.write(raw: role.bytes)
        return signed.bytes
    }

    @Test(arguments: [
        (["handover"], 2, "say NAME and --to FILE"), (["handover", "HQ2"], 2, "say NAME and --to FILE"),
        (["handover", "HQ2", "--to", "FILE", "--accept", "WORDS"], 2, "say NAME and --to FILE"),
        (["handover", "--take", "WORDS", "--accept", "WORDS"], 2, "say NAME and --to FILE"),
        (["handover", "HQ9", "--to", "FILE"], 3, "no member named HQ9"),
        (["handover", "HQ", "--to", "FILE"], 3, "HQ holds the registrar's office already"),
        (["handover", "S001", "--to", "FILE"], 3, "S001 is a store"),
        (["handover", "HQ2", "--to", "FILE"], 3, "the certificate of HQ2 cannot be read here"),
        (["handover", "--accept", "NONE"], 3, "this file cannot be read"),
        (["handover", "--accept", "WORDS"], 3, "this is not what atoll handover writes"),
        (["handover", "--take", "WORDS"], 3, "the key is not that of this chain's authority"),
        (["handover", "--take", "KEY"], 3, "HQ holds the registrar's office already"),
    ])
    func `a wish that makes no sense is refused in words, and changes nothing`(
        _ words: [String], _ code: Int32, _ says: String
    ) throws {
        let files = [
            "FILE": file, "NONE": chain.folder + "/none", "WORDS": chain.folder + "/words",
            "KEY": headquarters + "/keys/authority.key",
        ]
        let outcome = try Program.run(words.map { files[$0] ?? $0 } + ["--dir", headquarters])
        #expect(outcome.exited && outcome.code == code, "\(outcome.errors)")
        #expect(outcome.errors.contains(says), "\(outcome.errors)")
        #expect(outcome.output.isEmpty && !FileManager.default.fileExists(atPath: file))
        let directory = try ReplicaDirectory.open(at: headquarters)
        #expect(try Membership(of: directory).office.number == 0)
        _ = try Registrar(directory)
    }
}
