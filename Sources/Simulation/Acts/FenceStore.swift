internal import CRDT
internal import Replica
internal import Retail

/// HQ says that a store is lost: nobody takes anything from its machine any more, wherever it is, and whatever it does.
struct FenceStore: Act {
    static let kind = "fence"

    let node: Int

    var nodes: [Int] { [node] }

    private static let exposure = Value.text("what it held")

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard node != 0, let headquarters = laboratory.world.nodes[0].replica else { return false }
        let (lost, wall) = (laboratory.world.nodes[node].member, Value.moment(laboratory.wall(of: 0)))
        let (fence, member) = (RetailSchema.fence(of: lost), RetailSchema.member(lost))
        let origins = headquarters.origins(of: lost)
        return try laboratory.write(at: 0) { _, _ in
            [
                Effect(fence, RetailSchema.Fence.since, .assign(wall)),
                Effect(fence, RetailSchema.Fence.exposure, .assign(Self.exposure)),
                Effect(member, RetailSchema.Member.revoked, .assign(wall)),
            ] + origins.map { Effect(fence, RetailSchema.Fence.origins, .index($0.rawValue), .assign(.empty)) }
        } by: { transaction, _ in
            try transaction.set(RetailSchema.Fence.since, of: fence, to: wall)
            try transaction.set(RetailSchema.Fence.exposure, of: fence, to: Self.exposure)
            try transaction.set(RetailSchema.Member.revoked, of: member, to: wall)
            for origin in origins {
                try transaction.insert(.index(origin.rawValue), into: RetailSchema.Fence.origins, of: fence)
            }
        }
    }
}
