internal import Foundation
internal import Net

/// What people ask of a running node through the socket in its directory: lines of JSON, `{"method": ..., "parameters": {...}}`,
/// each answered by a line, `{"result": ...}` or `{"error": "...", "code": ...}`. Only the node's owner can open the socket.
struct ControlDesk {
    static let socketName = "node.sock"
    /// The most bytes of a request.
    static let lineLimit = 64 << 20

    let more: ControlExtension
    /// What has come of a line that is not whole.
    private var buffers: [ConnectionID: [UInt8]] = [:]

    init(_ more: ControlExtension) {
        self.more = more
    }

    mutating func begin(_ connection: ConnectionID) {
        buffers[connection] = []
    }

    mutating func end(_ connection: ConnectionID) {
        buffers[connection] = nil
    }

    /// - Returns: the lines that are whole now; nil if one is too long.
    mutating func take(_ bytes: RawSpan, on connection: ConnectionID) -> [[UInt8]]? {
        guard var buffer = buffers.removeValue(forKey: connection) else { return [] }
        let newStart = buffer.count
        bytes.withUnsafeBytes { buffer += $0 }
        var lines: [[UInt8]] = []
        var start = 0
        for index in newStart..<buffer.count where buffer[index] == UInt8(ascii: "\n") {
            lines.append(Array(buffer[start..<index]))
            start = index + 1
        }
        buffer.removeFirst(start)
        guard buffer.count <= Self.lineLimit else { return nil }
        buffers[connection] = buffer
        return lines
    }
}

/// A control request's line.
struct ControlRequest {
    let method: String
    /// A JSON object.
    let parameters: Data

    /// - Returns: nil if the line is not a request.
    init?(_ line: [UInt8]) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
            let method = object["method"] as? String,
            let parameters = try? JSONSerialization.data(withJSONObject: object["parameters"] ?? [String: Any]())
        else { return nil }
        self.method = method
        self.parameters = parameters
    }
}

extension NodeService {
    func takeControl(_ bytes: RawSpan, on connection: ConnectionID) {
        guard let lines = control.take(bytes, on: connection) else { return loop.close(connection, afterFlush: false) }
        for line in lines { answer(line, on: connection) }
    }

    private func answer(_ line: [UInt8], on connection: ConnectionID) {
        guard let request = ControlRequest(line) else {
            return reply(.failure(ControlError.notARequest), on: connection)
        }
        switch request.method {
        case "status": tellStatus(on: connection)
        case RegistrarAct.method:
            guard let act = RegistrarAct(parameters: request.parameters) else {
                return reply(.failure(ControlError.notARequest), on: connection)
            }
            let clock = clock
            ask({ try RegistrarAct.answer(try act.perform(on: $0, at: clock.milliseconds)) }) { [self] in
                reply($0, on: connection)
            }
        default:
            let (loop, clock) = (loop, clock)
            let context = ControlContext(owner: owner) { clock.milliseconds }
            let isKnown = control.more.answer(request.method, request.parameters, context) { result in
                loop.submit { [self] in reply(result, on: connection) }
            }
            if !isKnown { reply(.failure(ControlError.unknownMethod(request.method)), on: connection) }
        }
    }

    private func tellStatus(on connection: ConnectionID) {
        do {
            let status = try status(peerStatus, history)
            ask({ try JSONEncoder.control.encode(try status($0)) }) { [self] in reply($0, on: connection) }
        } catch {
            reply(.failure(error), on: connection)
        }
    }

    private func reply(_ result: Result<Data, any Error>, on connection: ConnectionID) {
        let line: Data
        switch result {
        case .success(let data): line = Data(#"{"result":"#.utf8) + data + Data("}\n".utf8)
        case .failure(let error):
            let text = (try? JSONEncoder.control.encode(control.more.refusal(error))) ?? Data(#"{"error":""}"#.utf8)
            line = text + Data("\n".utf8)
        }
        loop.send(Array(line), on: connection)
    }
}

extension JSONEncoder {
    static var control: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
