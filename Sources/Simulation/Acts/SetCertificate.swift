/// The certificate of a machine ends, and nobody opens a line to it any more; or it gets another one.
struct SetCertificate: Act {
    static let kind = "certificate"

    let node: Int
    let isValid: Bool

    private enum CodingKeys: String, CodingKey {
        case node
        case isValid = "valid"
    }

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard laboratory.world.nodes[node].isCertificateValid != isValid else { return false }
        laboratory.world.setCertificate(of: node, isValid: isValid)
        return true
    }
}
