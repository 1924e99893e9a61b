/// A decision that HQ is asked for: what a command does itself where no node runs, and asks the running node for where one does.
public enum RegistrarAct: Hashable, Sendable {
    case invite(name: String, replaces: Bool, validMilliseconds: Int64, address: NodeAddress?)
    case revoke(name: String, reason: String?)
    case reinstate(name: String)

    public enum Outcome: Hashable, Sendable {
        case invited(InviteToken)
        case revoked(Registrar.Revocation)
        case reinstated(member: UInt32)
    }

    /// Decides, durably.
    ///
    /// - Parameters:
    ///   - directory: HQ's, of which the caller is the owner.
    ///   - now: milliseconds since 1970.
    public func perform(on directory: ReplicaDirectory, at now: Int64) throws -> Outcome {
        let registrar = try Registrar(directory)
        return switch self {
        case .invite(let name, let replaces, let validMilliseconds, let address):
            .invited(
                try registrar.invite(
                    name, replaces: replaces, validMilliseconds: validMilliseconds, address: address, at: now))
        case .revoke(let name, let reason): .revoked(try registrar.revoke(name, reason: reason, at: now))
        case .reinstate(let name): .reinstated(member: try registrar.reinstate(name, at: now))
        }
    }
}
