internal import CRDT
internal import Replica
internal import Retail

/// HQ lets a store that was lost sync again, with a new certificate: the machine was found, or another one is in its place.
struct AdmitStore: Act {
    static let kind = "admit"

    let node: Int

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let machine = laboratory.world.nodes[node]
        // Nobody comes back whose rights HQ is about to take over.
        guard !laboratory.world.unsettled.contains(machine.member) else { return false }
        let (record, certificate) = (RetailSchema.member(machine.member), machine.certificate + 1)
        let isAdmitted = try laboratory.write(at: 0) { _, seen in
            guard !seen.isEmpty(record, RetailSchema.Member.revoked) else { return [] }
            return [
                Effect(record, RetailSchema.Member.revoked, .remove),
                Effect(record, RetailSchema.Member.certificate, .assign(.integer(certificate))),
            ]
        } by: { transaction, _ in
            try transaction.remove(RetailSchema.Member.revoked, of: record)
            try transaction.set(RetailSchema.Member.certificate, of: record, to: .integer(certificate))
        }
        if isAdmitted { machine.certificate = certificate }
        return isAdmitted
    }
}
