/// HQ is to take over the rights of a store that is fenced, as soon as every live member has said that it knows, and has delivered
/// what it holds of the lost one. Then that one's incarnations are closed.
struct SettleRights: Act {
    static let kind = "settle_rights"

    let node: Int

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        // Nobody takes over the rights of a store that may sync.
        guard node != 0, laboratory.world.isLost(laboratory.world.nodes[node].member) else { return false }
        laboratory.world.unsettled.insert(laboratory.world.nodes[node].member)
        laboratory.world.settleFences()
        try laboratory.world.throwTrouble()
        return true
    }
}
