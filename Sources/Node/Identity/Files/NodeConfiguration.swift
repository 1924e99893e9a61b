/// What people may set about a node: the file `node.json` in its directory. A name that means nothing is an error, so that a
/// slip of the pen does not pass for a setting.
public struct NodeConfiguration: Hashable, Sendable {
    /// Another node that this one dials.
    public struct Peer: Hashable, Sendable {
        public var address: NodeAddress
        /// Whom to expect there; nil for whoever of the chain answers.
        public var member: UInt32?

        public init(address: NodeAddress, member: UInt32? = nil) {
            self.address = address
            self.member = member
        }
    }

    public static let fileName = "node.json"

    /// Where this node listens; nil if it only dials others.
    public var listen: NodeAddress?
    /// Where others dial it: HQ hears of it at joining and at each renewal, and tells all members.
    public var address: NodeAddress?
    public var peers: [Peer]
    /// Dials every headquarters whose address the chain knows, besides `peers`. No setting of the file: whoever names peers
    /// when starting a node means those alone.
    public var dialsHeadquarters = true

    public init(listen: NodeAddress? = nil, address: NodeAddress? = nil, peers: [Peer] = []) {
        self.listen = listen
        self.address = address
        self.peers = peers
    }

    public static func read(in directory: String) throws -> NodeConfiguration {
        let file = file(in: directory)
        do {
            return try file.read().configuration
        } catch NodeError.damaged(let path, let detail) {
            // People edit this file: that is what went wrong, and not the disk.
            throw NodeError.wrongSetting(path: path, detail: detail)
        }
    }

    public func write(in directory: String) throws {
        try Self.file(in: directory).write(Content(configuration: self))
    }

    private static func file(in directory: String) -> JSONFile<Content> {
        JSONFile(path: directory + "/" + fileName, version: 1, mode: 0o644)
    }
}

/// The file's form.
private struct Content: Codable {
    private enum Key: String, CodingKey, CaseIterable {
        case version, listen, address, peers
    }

    let configuration: NodeConfiguration

    init(configuration: NodeConfiguration) {
        self.configuration = configuration
    }

    init(from decoder: any Decoder) throws {
        let settings = try Settings<Key>(decoder, in: "")
        let peers = try settings.value(.peers, [PeerContent].self, "a list of peers, each with an address") ?? []
        configuration = NodeConfiguration(
            listen: try settings.address(.listen), address: try settings.address(.address), peers: peers.map(\.peer))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(1, forKey: .version)
        try container.encodeIfPresent(configuration.listen?.description, forKey: .listen)
        try container.encodeIfPresent(configuration.address?.description, forKey: .address)
        try container.encode(configuration.peers.map(PeerContent.init), forKey: .peers)
    }
}

private struct PeerContent: Codable {
    private enum Key: String, CodingKey, CaseIterable {
        case address, member
    }

    let peer: NodeConfiguration.Peer

    init(peer: NodeConfiguration.Peer) {
        self.peer = peer
    }

    init(from decoder: any Decoder) throws {
        let settings = try Settings<Key>(decoder, in: "a peer")
        guard let address = try settings.address(.address) else { throw SettingError(detail: "a peer has no address") }
        let member = try settings.value(.member, UInt32.self, "a member's number")
        guard member ?? 0 < 1 << 24 else { throw SettingError(detail: "a peer's member is no member's number") }
        peer = NodeConfiguration.Peer(address: address, member: member)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("\(peer.address)", forKey: .address)
        try container.encodeIfPresent(peer.member, forKey: .member)
    }
}
