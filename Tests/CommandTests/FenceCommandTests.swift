import CRDT
import Foundation
import Node
import Replica
import Retail
import Testing

/// `fence` and `mint`, as a person calls them.
@Suite struct FenceCommandTests {
    private let chain: Chain
    private var headquarters: String { chain.folder + "/hq" }

    /// HQ of two members that have never been seen.
    init() throws {
        chain = try Chain()
        let founded = try Program.run(["init", "--dir", headquarters, "--listen", "127.0.0.1:1"])
        #expect(founded.code == 0, "\(founded.errors)")
        let directory = try ReplicaDirectory.open(at: headquarters)
        try directory.replica.perform(at: 1) { transaction in
            for number in 1...2 as ClosedRange<UInt32> {
                try transaction.set(
                    RetailSchema.Member.name, of: RetailSchema.member(number), to: .text("S00\(number)"))
            }
        }
    }

    private func run(_ words: String...) throws -> Program.Outcome {
        try Program.run(words + ["--dir", headquarters])
    }

    @Test func `a lost store is fenced, its witnesses are named, and its rights minted when they are gone`() throws {
        let fenced = try run("fence", "S001", "--exposure", "20 vouchers")
        #expect(fenced.code == 0, "\(fenced.errors)")
        #expect(fenced.output.contains("S001 is fenced. It may be alive: 20 vouchers"), "\(fenced.output)")
        #expect(fenced.output.contains("S002"), "\(fenced.output)")
        #expect(fenced.output.contains("atoll invite S001 --replace --dir \(headquarters)"))
        let early = try run("mint", "S001")
        #expect(early.code == 1 && early.errors.contains("Waited for are: S002"), "\(early.errors)")
        #expect(try run("fence", "S001", "--status").output == fenced.output)
        #expect(try run("revoke", "S002").code == 0)
        let complete = try run("fence", "S001", "--status")
        #expect(complete.output.contains("atoll mint S001 --dir \(headquarters)"), "\(complete.output)")
        let minted = try run("mint", "S001")
        #expect(minted.code == 0 && minted.output == "Closed S001; took over 0 rights in 0 records.\n", "\(minted.output)")
        let undone = try run("revoke", "S001", "--undo")
        #expect(undone.code == 1 && undone.errors.contains("S001 cannot come back"), "\(undone.errors)")
        #expect(try run("mint", "S001", "--json").output == #"{"member":1,"name":"S001","records":0,"rights":0}"# + "\n")
    }

    @Test func `what is printed for machines says the same`() throws {
        let output = try run("fence", "S001", "--destroyed", "--json").output
        #expect(output.hasPrefix(#"{"member":1,"name":"S001","state":"open","since":"#), "\(output)")
        #expect(
            output.hasSuffix(
                #""destroyed":true,"exposure":null,"replaced":false,"minted":null,"waits":[{"member":2,"name":"S002","#
                    + #""reason":"has not said that it knows"}]}"# + "\n"), "\(output)")
    }

    @Test func `a fence that was a mistake is taken back`() throws {
        #expect(try run("fence", "S001", "--destroyed").code == 0)
        #expect(try run("fence", "S001", "--destroyed").code == 1)
        #expect(try run("revoke", "S001", "--undo").code == 0)
        let status = try run("fence", "S001", "--status")
        #expect(status.code == 1 && status.errors.contains("S001 is not fenced"), "\(status.errors)")
    }

    @Test(arguments: [
        (["fence", "S001"], 2, "say either --destroyed"),
        (["fence", "S001", "--destroyed", "--exposure", "x"], 2, "say either"),
        (["fence", "S001", "--status", "--destroyed"], 2, "goes without a declaration"),
        (["fence", "S001", "--exposure", String(repeating: "x", count: 1001)], 2, "at most 1000 bytes"),
        (["fence", "HQ", "--destroyed"], 3, "HQ is what decides"), (["fence", "S9", "--destroyed"], 3, "no member named S9"),
        (["mint", "S9"], 3, "no member named S9"), (["mint", "S001"], 1, "S001 is not fenced"),
    ])
    func `a wish that makes no sense is refused in words, and changes nothing`(
        _ words: [String], _ code: Int32, _ says: String
    ) throws {
        let outcome = try Program.run(words + ["--dir", headquarters])
        #expect(outcome.exited && outcome.code == code, "\(outcome.errors)")
        #expect(outcome.errors.contains(says), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        #expect(try run("fence", "S001", "--status").code == 1)
    }
}
