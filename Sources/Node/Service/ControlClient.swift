public import Foundation
internal import Glibc

/// Asks a running node through the socket in its directory, one request at a time. Blocks.
public final class ControlClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// - Throws: `ControlError.noNode` if nobody listens there.
    public init(_ directory: String) throws {
        let path = directory + "/" + ControlDesk.socketName
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { throw FileError(path: path, operation: "connecting to", errno: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "connecting to", errno: errno) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            guard code != ENOENT, code != ECONNREFUSED else { throw try Self.noNode(in: directory) }
            throw FileError(path: path, operation: "connecting to", errno: code)
        }
        // Last: once every property is set, a throw would run `deinit`, too.
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Throws: why there can be none.
    private static func noNode(in directory: String) throws -> ControlError {
        try ReplicaDirectory.checkKind(directory)
        guard case .directory = try FileKind(directory + "/" + NodeKeys.folderName) else {
            throw IdentityError.notANode(directory: directory)
        }
        return .noNode(directory: directory)
    }

    /// - Parameters:
    ///   - parameters: a JSON object.
    /// - Returns: the result, as JSON.
    /// - Throws: `ControlError.refused` with what the node said.
    public func ask(_ method: String, _ parameters: Data = Data("{}".utf8)) throws -> Data {
        let line = Data(#"{"method":"\#(method)","parameters":"#.utf8) + parameters + Data("}\n".utf8)
        try write(Array(line))
        let reply = try readLine()
        guard let object = try? JSONSerialization.jsonObject(with: reply) as? [String: Any] else {
            throw ControlError.noAnswer
        }
        if object["error"] != nil {
            throw ControlError.refused(try JSONDecoder().decode(ControlRefusal.self, from: reply))
        }
        return try JSONSerialization.data(
            withJSONObject: object["result"] ?? [String: Any](), options: [.fragmentsAllowed, .sortedKeys])
    }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ControlError.noAnswer }
            rest = rest.dropFirst(count)
        }
    }

    private func readLine() throws -> Data {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return Data(buffer[..<end])
            }
            let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ControlError.noAnswer }
            buffer += chunk[..<count]
        }
    }
}
