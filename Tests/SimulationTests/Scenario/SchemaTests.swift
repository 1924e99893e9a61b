import Foundation
import Simulation
import Testing

/// `scenario.schema.json` tells editors what the strict reader takes: neither may know what the other does not.
@Suite final class SchemaTests {
    private typealias Object = [String: Any]

    private let schema: Object
    private let definitions: Object
    /// With a log in it, by the name that samples give to everything.
    private let folder = FileManager.default.temporaryDirectory.appending(path: "atoll-schema-\(UUID().uuidString)")

    init() throws {
        let data = try Data(contentsOf: ProjectScenarios.folder.appending(path: "scenario.schema.json"))
        schema = try #require(try JSONSerialization.jsonObject(with: data) as? Object)
        definitions = try #require(schema["$defs"] as? Object)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var log = LogEncoder()
        log.append(LogHeader(stores: 1, skus: 0, customers: 0, startMilliseconds: 0))
        try Data(log.bytes).write(to: folder.appending(path: "A"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// What a scenario with one work, fault or event is refused for; nil if it is read.
    private func mistakes(_ list: String, _ entry: Object) throws -> String? {
        let scenario: Object = ["about": "x", "stores": 2, "minutes": 100, list: [entry]]
        let bytes = try JSONSerialization.data(withJSONObject: scenario)
        do {
            _ = try Scenario.read(Array(bytes), named: folder.appending(path: "test.json").path(percentEncoded: false))
            return nil
        } catch {
            return error.description
        }
    }

    private func resolved(_ node: Any?) throws -> Object {
        let object = try #require(node as? Object)
        guard let name = (object["$ref"] as? String)?.split(separator: "/").last else { return object }
        return try #require(definitions[String(name)] as? Object)
    }

    /// Something that the schema takes.
    private func sample(_ node: Any?, isWhole: Bool) throws -> Any {
        let rule = try resolved(node)
        if let constant = rule["const"] { return constant }
        if let values = rule["enum"] as? [Any] { return try #require(values.last) }
        switch rule["type"] as? String {
        case "object":
            let properties = try #require(rule["properties"] as? Object)
            let names = isWhole ? Array(properties.keys) : try #require(rule["required"] as? [String])
            return try names.reduce(into: Object()) { $0[$1] = try sample(properties[$1], isWhole: isWhole) }
        case "array": return Array(repeating: try sample(rule["items"], isWhole: isWhole), count: rule["minItems"] as? Int ?? 1)
        case "integer", "number": return max(1, rule["minimum"] as? Int ?? 1)
        case "boolean": return true
        case "string": return "A"
        default: throw Unknown(rule: "\(rule)")
        }
    }

    private struct Unknown: Error { let rule: String }

    private func kinds(_ prefix: String) -> Set<String> {
        Set(definitions.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    }

    @Test func `the schema knows every kind and every oracle, and no more`() throws {
        #expect(kinds("work_") == Set(Works.all.map { $0.kind }))
        #expect(kinds("fault_") == Set(Faults.all.map { $0.kind }))
        #expect(kinds("event_") == Set(Acts.all.map { $0.kind }))
        let properties = try #require(schema["properties"] as? Object)
        #expect(try Set(#require(resolved(properties["violates"])["enum"] as? [String])) == Set(Oracles.names))
        for (list, prefix) in [("work", "work_"), ("faults", "fault_"), ("events", "event_")] {
            let entries = try #require(try resolved(resolved(properties[list])["items"])["oneOf"] as? [[String: String]])
            let names = entries.compactMap { $0["$ref"]?.split(separator: "/").last.map(String.init) }
            #expect(Set(names) == Set(kinds(prefix).map { prefix + $0 }))
        }
    }

    @Test func `what the schema takes the reader takes, with all keys and with those that must be there`() throws {
        for (list, prefix) in [("work", "work_"), ("faults", "fault_"), ("events", "event_")] {
            for kind in kinds(prefix).sorted() {
                for isWhole in [true, false] {
                    let entry = try #require(try sample(definitions[prefix + kind], isWhole: isWhole) as? Object)
                    #expect(try mistakes(list, entry) == nil, "\(kind)")
                }
                let required = try #require(resolved(definitions[prefix + kind])["required"] as? [String])
                for name in required {
                    var entry = try #require(try sample(definitions[prefix + kind], isWhole: true) as? Object)
                    entry[name] = nil
                    #expect(try mistakes(list, entry) != nil, "\(kind) without \(name)")
                }
            }
        }
    }

    @Test func `the reader knows no key that the schema does not`() throws {
        func known(_ text: String?) throws -> Set<String> {
            let list = try #require(text?.split(separator: "known are: ").last?.split(separator: "\n").first)
            return Set(list.split(separator: ", ").map(String.init))
        }
        for (list, prefix) in [("work", "work_"), ("faults", "fault_"), ("events", "event_")] {
            for kind in kinds(prefix).sorted() {
                let rule = try resolved(definitions[prefix + kind])
                var entry = try #require(try sample(rule, isWhole: true) as? Object)
                entry["no_such_key"] = 1
                let names = try Set(#require(rule["properties"] as? Object).keys)
                #expect(try known(mistakes(list, entry)) == names, "\(kind)")
            }
        }
        let bytes = Array(#"{"about": "x", "stores": 1, "minutes": 1, "no_such_key": 1}"#.utf8)
        do {
            _ = try Scenario.read(bytes, named: "test.json")
            Issue.record("an unknown key is read")
        } catch {
            #expect(try known(error.description) == Set(#require(schema["properties"] as? Object).keys))
        }
    }
}
