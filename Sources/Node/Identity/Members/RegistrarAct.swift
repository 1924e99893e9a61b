/// A decision that the registrar is asked for: what a command does itself where no node runs, and asks the running node for where one does.
public enum RegistrarAct: Hashable, Sendable {
    case invite(
        name: String, replaces: Bool, role: Registrar.Role = .store, validMilliseconds: Int64, address: NodeAddress?)
    case revoke(name: String, reason: String?)
    case reinstate(name: String)
    case fence(name: String, FenceDeclaration)
    case fenceStatus(name: String)
    case mint(name: String)
    case handOver(name: String)
    /// - Parameter bundle: what was made where the office was handed over.
    case acceptOffice(bundle: [UInt8])
    /// - Parameter key: the authority's, PEM.
    case takeOffice(key: [UInt8])

    public enum Outcome: Hashable, Sendable {
        case invited(InviteToken)
        case revoked(Registrar.Revocation)
        case reinstated(member: UInt32)
        case fence(FenceStatus)
        case minted(Registrar.Minting)
        case handedOver(OfficeHandover)
        /// The office is held here, in that term.
        case inOffice(term: UInt64)
    }

    /// Decides, durably.
    ///
    /// - Parameters:
    ///   - directory: the registrar's, of which the caller is the owner; for `acceptOffice` and `takeOffice`, that of whoever
    ///     becomes it.
    ///   - now: milliseconds since 1970.
    public func perform(on directory: ReplicaDirectory, at now: Int64) throws -> Outcome {
        switch self {
        case .invite(let name, let replaces, let role, let validMilliseconds, let address):
            return .invited(
                try Registrar(directory).invite(
                    name, replaces: replaces, as: role, validMilliseconds: validMilliseconds, address: address, at: now))
        case .revoke(let name, let reason):
            return .revoked(try Registrar(directory).revoke(name, reason: reason, at: now))
        case .reinstate(let name): return .reinstated(member: try Registrar(directory).reinstate(name, at: now))
        case .fence(let name, let declaration):
            return .fence(try Registrar(directory).fence(name, declaration, at: now))
        case .fenceStatus(let name): return .fence(try Registrar(directory).fenceStatus(of: name))
        case .mint(let name): return .minted(try Registrar(directory).mint(name, at: now))
        case .handOver(let name):
            if let repeated = try OfficeSuccession(directory).repeated(to: name) { return .handedOver(repeated) }
            return .handedOver(try Registrar(directory).handOver(to: name, at: now))
        case .acceptOffice(let bundle): return .inOffice(term: try OfficeSuccession(directory).accept(bundle))
        case .takeOffice(let key): return .inOffice(term: try OfficeSuccession(directory).take(key, at: now))
        }
    }
}
