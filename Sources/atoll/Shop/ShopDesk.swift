import Foundation
import Glibc
import Node
import Replica
import Retail

/// Has what is asked of a shop done: by this process, or by the node that runs on the directory.
enum ShopDesk {
    static let method = "shop"

    /// What travels to the node.
    struct Request: Codable {
        var subject: String
        var verb: String
        var arguments: DeskValue
        /// Under which it is done once.
        var key: String?
    }

    static func change(_ operation: ShopOperation, _ value: DeskValue, under key: String?, in path: String) throws -> DeskValue
    {
        var value = value
        if operation.parameters.contains(where: { $0.name == "about" }) {
            value = try ShopOperation.completed(value, for: operation, from: tables(of: ReplicaDirectory.read(at: path)))
        }
        _ = try operation.fill(value)
        let request = Request(subject: operation.subject, verb: operation.verb, arguments: value, key: key)
        return try NodeControl.reach(path) { owned in
            try perform(operation, value, under: key, on: owned, at: wallClockMilliseconds())
        } ask: {
            try JSONDecoder().decode(
                DeskValue.self, from: ControlClient(path).ask(method, JSONEncoder().encode(request)))
        }
    }

    static func answer(_ operation: ShopOperation, _ value: DeskValue, in path: String) throws -> DeskValue {
        let directory = try ReplicaDirectory.read(at: path)
        let now = wallClockMilliseconds()
        let counter = try ShopCounter(directory.replica, now: now, date: date(at: now))
        return try operation.answer(directory.replica, tables(of: directory), at: counter, operation.fill(value))
    }

    /// For whoever asks a node; it is durable when this returns.
    static func serve(_ parameters: Data, _ context: ControlContext) async throws -> Data {
        let request = try JSONDecoder().decode(Request.self, from: parameters)
        let operation = try ShopOperation.named(request.subject, request.verb)
        let now = context.clock()
        let result = try await context.owner.access {
            try perform(operation, request.arguments, under: request.key, on: $0, at: now)
        }
        return try JSONEncoder().encode(result)
    }

    /// What was done is durable once it is committed.
    private static func perform(
        _ operation: ShopOperation, _ value: DeskValue, under key: String?, on directory: ReplicaDirectory, at now: Int64
    ) throws -> DeskValue {
        let counter = try ShopCounter(directory.replica, now: now, date: date(at: now))
        return try directory.replica.apply(at: now) { try operation.change($0, at: counter, value, under: key) }.result
    }

    private static func tables(of directory: ReplicaDirectory) throws -> ShopTables {
        let tables = try ShopTables(at: directory.path + "/" + ShopTables.fileName) { unlink($0) }
        try tables.update(from: directory.replica) { _ in try Interruption.check() }
        return tables
    }

    /// The day on this machine's wall, as 20260302.
    static func date(at milliseconds: Int64) -> Int64 {
        var (time, parts) = (time_t(milliseconds / 1000), tm())
        localtime_r(&time, &parts)
        return Int64(parts.tm_year + 1900) * 10_000 + Int64(parts.tm_mon + 1) * 100 + Int64(parts.tm_mday)
    }
}
