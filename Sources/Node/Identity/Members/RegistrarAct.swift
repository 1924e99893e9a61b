/// A decision that HQ is asked for: what a command does itself where no node runs, and asks the running node for where one does.
public enum RegistrarAct: Hashable, Sendable {
    case invite(name: String, replaces: Bool, validMilliseconds: Int64, address: NodeAddress?)
    case revoke(name: String, reason: String?)
    case reinstate(name: String)
    case fence(name: String, FenceDeclaration)
    case fenceStatus(name: String)
    case mint(name: String)

    public enum Outcome: Hashable, Sendable {
        case invited(InviteToken)
        case revoked(Registrar.Revocation)
        case reinstated(member: UInt32)
        case fence(FenceStatus)
        case minted(Registrar.Minting)
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
        case .fence(let name, let declaration): .fence(try registrar.fence(name, declaration, at: now))
        case .fenceStatus(let name): .fence(try registrar.fenceStatus(of: name))
        case .mint(let name): .minted(try registrar.mint(name, at: now))
        }
    }
}
