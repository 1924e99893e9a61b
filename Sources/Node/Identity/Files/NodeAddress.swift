/// Where a node is dialled or listens: a host and a port, written `host:port`, `10.0.0.7:7400` or `[2001:db8::7]:7400`.
public struct NodeAddress: Hashable, Sendable {
    public static let byteLimit = 255 + 8

    /// A name or an IP address in digits, without brackets.
    public let host: String
    public let port: UInt16

    /// - Returns: nil unless the text is a host, a colon and a port.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.byteLimit, let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard let port = UInt16(digits), String(port) == digits else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else { return nil }
        self.host = String(host)
        self.port = port
    }

    /// It listens on every address of the machine, which nobody can dial.
    public var isWildcard: Bool { ["0.0.0.0", "::"].contains(host) }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case let byte: ".-_:%".utf8.contains(byte)
        }
    }
}

extension NodeAddress: CustomStringConvertible {
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
