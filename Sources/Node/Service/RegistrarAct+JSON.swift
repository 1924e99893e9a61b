internal import Foundation

/// How a command asks the running node for a decision, and is answered.
extension RegistrarAct {
    static let method = "registrar"

    private struct Content: Codable {
        var act: String
        var name: String
        var replaces: Bool?
        var headquarters: Bool?
        /// The name of the store that the machine is to be a till of.
        var store: String?
        var validMilliseconds: Int64?
        var address: String?
        var reason: String?
        var exposure: String?
        /// A bundle or a key, PEM.
        var pem: String?
    }

    private struct Answer: Codable {
        var token: String?
        var member: UInt32?
        var isWithdrawn: Bool?
        var fence: FenceStatus?
        var records: Int?
        var rights: UInt64?
        var term: UInt64?
        var name: String?
        var since: Int64?
        var pem: String?
    }

    init?(parameters: Data) {
        guard let content = try? JSONDecoder().decode(Content.self, from: parameters) else { return nil }
        switch content.act {
        case "invite":
            let address = content.address.flatMap { NodeAddress($0) }
            guard let valid = content.validMilliseconds, (address == nil) == (content.address == nil) else { return nil }
            let role: Registrar.Role =
                content.headquarters == true ? .headquarters : content.store.map { .till(of: $0) } ?? .store
            self = .invite(
                name: content.name, replaces: content.replaces ?? false, role: role, validMilliseconds: valid,
                address: address)
        case "revoke": self = .revoke(name: content.name, reason: content.reason)
        case "reinstate": self = .reinstate(name: content.name)
        case "fence": self = .fence(name: content.name, content.exposure.map { .exposure($0) } ?? .destroyed)
        case "fence status": self = .fenceStatus(name: content.name)
        case "mint": self = .mint(name: content.name)
        case "hand over": self = .handOver(name: content.name)
        case "accept office", "take office":
            guard let pem = content.pem.map({ Array($0.utf8) }) else { return nil }
            self = content.act == "accept office" ? .acceptOffice(bundle: pem) : .takeOffice(key: pem)
        default: return nil
        }
    }

    private var content: Content {
        switch self {
        case .invite(let name, let replaces, let role, let validMilliseconds, let address):
            Content(
                act: "invite", name: name, replaces: replaces, headquarters: role == .headquarters, store: role.store,
                validMilliseconds: validMilliseconds, address: address.map { "\($0)" })
        case .revoke(let name, let reason): Content(act: "revoke", name: name, reason: reason)
        case .reinstate(let name): Content(act: "reinstate", name: name)
        case .fence(let name, .destroyed): Content(act: "fence", name: name)
        case .fence(let name, .exposure(let text)): Content(act: "fence", name: name, exposure: text)
        case .fenceStatus(let name): Content(act: "fence status", name: name)
        case .mint(let name): Content(act: "mint", name: name)
        case .handOver(let name): Content(act: "hand over", name: name)
        case .acceptOffice(let bundle):
            Content(act: "accept office", name: "", pem: String(decoding: bundle, as: UTF8.self))
        case .takeOffice(let key): Content(act: "take office", name: "", pem: String(decoding: key, as: UTF8.self))
        }
    }

    /// Has the node that runs on HQ's directory decide.
    public func ask(nodeIn directory: String) throws -> Outcome {
        let answer = try ControlClient(directory).ask(Self.method, try JSONEncoder().encode(content))
        let told = try JSONDecoder().decode(Answer.self, from: answer)
        switch self {
        case .invite:
            guard let text = told.token else { throw ControlError.noAnswer }
            return .invited(try InviteToken(text: text))
        case .revoke:
            guard let member = told.member else { throw ControlError.noAnswer }
            return .revoked(told.isWithdrawn == true ? .invitationWithdrawn(member: member) : .revoked(member: member))
        case .reinstate:
            guard let member = told.member else { throw ControlError.noAnswer }
            return .reinstated(member: member)
        case .fence, .fenceStatus:
            guard let fence = told.fence else { throw ControlError.noAnswer }
            return .fence(fence)
        case .mint:
            guard let member = told.member, let records = told.records, let rights = told.rights else {
                throw ControlError.noAnswer
            }
            return .minted(.init(member: member, records: records, rights: rights))
        case .handOver:
            guard let term = told.term, let member = told.member, let name = told.name, let since = told.since,
                let pem = told.pem
            else { throw ControlError.noAnswer }
            return .handedOver(.init(term: term, member: member, name: name, since: since, bundle: Array(pem.utf8)))
        case .acceptOffice, .takeOffice:
            guard let term = told.term else { throw ControlError.noAnswer }
            return .inOffice(term: term)
        }
    }

    static func answer(_ outcome: Outcome) throws -> Data {
        let answer =
            switch outcome {
            case .invited(let token): Answer(token: token.text)
            case .revoked(.revoked(let member)): Answer(member: member)
            case .revoked(.invitationWithdrawn(let member)): Answer(member: member, isWithdrawn: true)
            case .reinstated(let member): Answer(member: member)
            case .fence(let status): Answer(fence: status)
            case .handedOver(let handover):
                Answer(
                    member: handover.member, term: handover.term, name: handover.name, since: handover.since,
                    pem: String(decoding: handover.bundle, as: UTF8.self))
            case .inOffice(let term): Answer(term: term)
            case .minted(let minting): Answer(member: minting.member, records: minting.records, rights: minting.rights)
            }
        return try JSONEncoder.control.encode(answer)
    }
}

extension Registrar.Role {
    fileprivate var store: String? {
        if case .till(let store) = self { store } else { nil }
    }
}
