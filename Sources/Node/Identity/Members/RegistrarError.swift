/// Why HQ does not decide what it is asked to. Nothing was changed.
public enum RegistrarError: Error, Hashable, Sendable {
    case invalidName(String)
    case isMember(String, member: UInt32, isRevoked: Bool)
    case unknownMember(String, known: [String])
    /// It is HQ, or a till of a store itself.
    case notAStore(String)
    /// The registrar itself is neither invited nor revoked.
    case headquarters
    /// Nobody said where HQ is dialled.
    case noAddress
    case alreadyRevoked(String, since: Int64)
    case notRevoked(String)
    case alreadyFenced(String, since: Int64)
    case notFenced(String)
    /// Live members are waited for.
    case fenceOpen(String, waiting: [String])
    /// What it could have promised is others' now: it cannot come back.
    case rightsMinted(String, since: Int64)
    /// All member numbers were given out.
    case chainIsFull
}

extension RegistrarError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidName:
            "this cannot be a member's name. Choose 1 to 64 letters, without control characters and blanks at the ends."
        case .isMember(let name, let member, let isRevoked):
            "\(name) is member \(member) already\(isRevoked ? ", and revoked" : ""). Choose another name, or say with "
                + "--replace that a new machine takes its place."
        case .unknownMember(let name, let known):
            "there is no member named \(name) in this chain. Known are: \(Self.list(known))."
        case .notAStore(let name): "\(name) is no store that could have tills. Name the store that the till stands in."
        case .headquarters: "HQ is what decides who belongs to the chain: it can be neither invited nor revoked."
        case .noAddress:
            "nobody knows where stores can dial HQ. Say it with --address HOST:PORT; the token carries it to the store."
        case .alreadyRevoked(let name, let since): "\(name) was revoked already, at \(Timestamp.text(since))."
        case .notRevoked(let name): "\(name) is not revoked."
        case .alreadyFenced(let name, let since):
            "\(name) was fenced already, at \(Timestamp.text(since)), and nothing else was declared now. "
                + "See: atoll fence \(name) --status"
        case .notFenced(let name): "\(name) is not fenced. Say that it is lost: atoll fence \(name)"
        case .fenceOpen(let name, let waiting):
            "the rights of \(name) cannot be minted yet: not all have said what they hold of it. Waited for are: "
                + "\(Self.list(waiting)). Revoke who will not come back. See: atoll fence \(name) --status"
        case .rightsMinted(let name, let since):
            "\(name) cannot come back: its rights were minted again at \(Timestamp.text(since)). Put another machine in its "
                + "place: atoll invite \(name) --replace"
        case .chainIsFull: "all 16,777,215 numbers of members were given out."
        }
    }

    /// A few of the names: a chain may have thousands.
    private static func list(_ names: [String]) -> String {
        let limit = 20
        return names.prefix(limit).joined(separator: ", ")
            + (names.count > limit ? " and \(names.count - limit) more" : "")
    }
}
