import Simulation
import Testing

/// What is wrong with a text as a value of a type: `line:column: message` for each mistake.
func mistakes<Value: Decodable>(in text: String, as type: Value.Type) -> [String] {
    mistakes(in: Array(text.utf8), as: type)
}

func mistakes<Value: Decodable>(in bytes: [UInt8], as type: Value.Type) -> [String] {
    do {
        _ = try StrictJSON.decode(type, from: bytes, named: "a.json")
        return []
    } catch {
        return error.errors.map { "\($0.line):\($0.column): \($0.message)" }
    }
}

/// - Returns: what a text holds; nil with an issue recorded if it is refused.
func decoded<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
    do {
        return try StrictJSON.decode(type, from: Array(text.utf8), named: "a.json")
    } catch {
        Issue.record("\(error)")
        return nil
    }
}
