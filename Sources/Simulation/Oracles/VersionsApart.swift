/// Programs of different major versions say nothing to each other but that they cannot understand each other, and whoever has heard
/// that does not dial again before some minutes have passed.
struct VersionsApart: Oracle {
    static let name = "versions_apart"

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard let breach = laboratory.world.versions.breaches.first else { return }
        throw Self.violation(breach.detail, at: breach.node, in: laboratory)
    }
}
