/// Programs that keep to the protocol never find each other in breach of it: no session ends, and leaves no scope out, because of
/// a frame or a delta that could not be read, was not expected or cannot be joined.
struct NoBreach: Oracle {
    static let name = "no_breach"

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard let breach = laboratory.world.breaches.first else { return }
        let part = breach.scope.map { "\($0) of its session" } ?? "its session"
        throw Self.violation(
            "has given up \(part) with member \(breach.peer): \(breach.error)", at: breach.node, in: laboratory)
    }
}
