import CRDT
import Foundation
import Net
import Node
import Replica
import Retail
import Testing

@Suite struct FenceTests {
    private let chain: FencedChain

    init() throws { chain = try FencedChain() }

    @Test func `a fenced member is revoked, and every live one is waited for until it has delivered`() throws {
        try chain.sell(1, "S001-1", at: chain.lost)
        try chain.bring(from: chain.lost, to: chain.witness)
        let status = try chain.registrar.fence("S001", .exposure("20 vouchers"), at: FencedChain.now)
        #expect(status.state == .open && status.exposure == "20 vouchers" && !status.isDestroyed)
        #expect(status.waits.map(\.name) == ["S002"])
        #expect(try chain.membership()[1]?.isRefused == true)
        #expect(throws: RegistrarError.fenceOpen("S001", waiting: ["S002"])) {
            _ = try chain.registrar.mint("S001", at: FencedChain.now)
        }
        try chain.bring(from: chain.headquarters, to: chain.witness, [.chain])
        #expect(try FenceWitness(chain.witness.replica).acknowledge(at: FencedChain.now) == [1])
        #expect(try FenceWitness(chain.witness.replica).acknowledge(at: FencedChain.now) == [])
        try chain.bring(from: chain.witness, to: chain.headquarters, [Scope(.books, of: 2)])
        let told = try chain.registrar.fenceStatus(of: "S001")
        #expect(told.state == .open && told.waits.first?.reason.contains("of which 0 have come here") == true)
        try chain.bring(from: chain.witness, to: chain.headquarters)
        #expect(try chain.registrar.fenceStatus(of: "S001").state == .complete)
        let minting = try chain.registrar.mint("S001", at: FencedChain.now)
        #expect(minting.member == 1 && minting.records == 0 && minting.rights == 0)
        let minted = try chain.registrar.fenceStatus(of: "S001")
        #expect(minted.state == .minted && minted.minted == FencedChain.now && minted.waits == [])
        #expect(chain.headquarters.replica.isClosed(chain.lost.replica.identity.origin))
        #expect(try chain.registrar.mint("S001", at: FencedChain.now + 1) == minting)
    }

    @Test func `a member that is revoked or fenced itself is not waited for`() throws {
        _ = try chain.registrar.fence("S001", .destroyed, at: FencedChain.now)
        _ = try chain.registrar.revoke("S002", at: FencedChain.now)
        #expect(try chain.registrar.fenceStatus(of: "S001").state == .complete)
        #expect(try chain.registrar.reinstate("S002", at: FencedChain.now) == 2)
        #expect(try chain.registrar.fenceStatus(of: "S001").waits.map(\.member) == [2])
        #expect(try chain.registrar.fence("S002", .destroyed, at: FencedChain.now).state == .complete)
        #expect(try chain.registrar.fenceStatus(of: "S001").state == .complete)
    }

    @Test func `a fence is lifted with its revocation, but not once rights were minted`() throws {
        _ = try chain.registrar.fence("S001", .destroyed, at: FencedChain.now)
        #expect(try chain.registrar.reinstate("S001", at: FencedChain.now) == 1)
        #expect(throws: RegistrarError.notFenced("S001")) { _ = try chain.registrar.fenceStatus(of: "S001") }
        #expect(throws: RegistrarError.notFenced("S001")) { _ = try chain.registrar.mint("S001", at: FencedChain.now) }
        _ = try chain.registrar.fence("S001", .destroyed, at: FencedChain.now + 1)
        _ = try chain.registrar.revoke("S002", at: FencedChain.now)
        _ = try chain.registrar.mint("S001", at: FencedChain.now + 2)
        #expect(throws: RegistrarError.rightsMinted("S001", since: FencedChain.now + 2)) {
            _ = try chain.registrar.reinstate("S001", at: FencedChain.now + 3)
        }
        #expect(throws: RegistrarError.alreadyFenced("S001", since: FencedChain.now + 1)) {
            _ = try chain.registrar.fence("S001", .exposure("x"), at: FencedChain.now + 3)
        }
    }

    @Test func `what was declared can be declared anew, and nobody has to answer again`() throws {
        _ = try chain.registrar.fence("S001", .exposure("20 vouchers"), at: FencedChain.now)
        try chain.bring(from: chain.headquarters, to: chain.witness, [.chain])
        try FenceWitness(chain.witness.replica).acknowledge(at: FencedChain.now)
        try chain.bring(from: chain.witness, to: chain.headquarters)
        #expect(throws: RegistrarError.alreadyFenced("S001", since: FencedChain.now)) {
            _ = try chain.registrar.fence("S001", .exposure("20 vouchers"), at: FencedChain.now + 5)
        }
        let status = try chain.registrar.fence("S001", .destroyed, at: FencedChain.now + 5)
        #expect(status.isDestroyed && status.exposure == nil && status.since == FencedChain.now)
        #expect(status.state == .complete)
    }

    @Test func `HQ and strangers are not fenced, and an unused token of the lost one is worth nothing`() throws {
        #expect(throws: RegistrarError.headquarters) {
            _ = try chain.registrar.fence("HQ", .destroyed, at: FencedChain.now)
        }
        #expect(throws: RegistrarError.unknownMember("S9", known: ["HQ", "S001", "S002"])) {
            _ = try chain.registrar.fence("S9", .destroyed, at: FencedChain.now)
        }
        let token = try chain.invite("S001")
        _ = try chain.registrar.fence("S001", .destroyed, at: FencedChain.now)
        #expect(try chain.answer(token, PrivateKey()).code == 4, "nobody knows it any more")
        #expect(try chain.membership()[1]?.isRefused == true)
    }

    @Test func `the machine in its place gets everything back, and is not closed with the lost one`() throws {
        for number in 1...3 { try chain.sell(1, "S001-\(number)", at: chain.lost) }
        try chain.bring(from: chain.lost, to: chain.headquarters)
        _ = try chain.registrar.fence("S001", .destroyed, at: FencedChain.now)
        #expect(try chain.answer(try chain.invite("S001"), PrivateKey()).code == 0)
        #expect(try chain.registrar.fenceStatus(of: "S001").isReplaced)
        let machine = try chain.machine("replacement", member: 1)
        try chain.bring(from: chain.headquarters, to: machine)
        try chain.sell(1, "S001-4", at: machine)
        try chain.bring(from: machine, to: chain.headquarters)
        _ = try chain.registrar.revoke("S002", at: FencedChain.now)
        _ = try chain.registrar.mint("S001", at: FencedChain.now)
        #expect(!chain.headquarters.replica.isClosed(machine.replica.identity.origin))
        try chain.bring(from: chain.headquarters, to: machine)
        #expect(!machine.replica.isClosed)
        #expect(machine.replica.closedOrigins == [chain.lost.replica.identity.origin])
        for replica in [machine.replica, chain.headquarters.replica] {
            #expect(try replica.keys(of: Scope(.books, of: 1), collection: RetailSchema.order.number).count == 4)
            let stock = try replica.record(RetailSchema.stock(of: FencedChain.sku, at: 1))
            #expect(stock.counter(RetailSchema.Stock.sold).value == 4)
        }
        let again = try chain.registrar.fence("S001", .destroyed, at: FencedChain.now + 9)
        #expect(again.state == .complete && again.since == FencedChain.now + 9, "the new machine is lost, too")
        _ = try chain.registrar.mint("S001", at: FencedChain.now + 9)
        #expect(chain.headquarters.replica.isClosed(machine.replica.identity.origin))
    }
}
