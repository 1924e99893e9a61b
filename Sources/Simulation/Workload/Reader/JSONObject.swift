internal import CJansson

/// An object inside a parsed line, not owned: it must not outlive the closure of ``parse(_:_:)``.
struct JSONObject {
    private let pointer: UnsafeMutablePointer<json_t>

    init(_ pointer: UnsafeMutablePointer<json_t>) {
        self.pointer = pointer
    }

    /// Parses `line` and lets `body` read the object in it.
    static func parse<Value>(
        _ line: UnsafeBufferPointer<UInt8>, _ body: (JSONObject) throws(LogError.Problem) -> Value
    ) throws(LogError.Problem) -> Value {
        var error = json_error_t()
        let parsed = line.withMemoryRebound(to: CChar.self) { text in
            json_loadb(text.baseAddress, text.count, rejectDuplicates | decodeAny, &error)
        }
        guard let parsed else { throw problem(error) }
        defer { json_decref(parsed) }
        guard parsed.pointee.type == JSON_OBJECT else {
            throw .notAnObject(found: JSONValue(parsed, path: FieldPath("")).typeName)
        }
        return try body(JSONObject(parsed))
    }

    /// The value of `field`, if the object has it.
    subscript(field: StaticString) -> JSONValue? {
        field.utf8Start.withMemoryRebound(to: CChar.self, capacity: field.utf8CodeUnitCount) { key in
            json_object_getn(pointer, key, field.utf8CodeUnitCount).map { JSONValue($0, path: FieldPath(field)) }
        }
    }

    /// The value of `field`, which must be there.
    func required(_ field: StaticString) throws(LogError.Problem) -> JSONValue {
        guard let value = self[field] else { throw .missingField("\(field)") }
        return value
    }

    /// The first field, in the order of their names, that is none of `known`.
    func unknownField(besides known: [StaticString]) -> String? {
        var unknown: [String] = []
        var place = json_object_iter(pointer)
        while let current = place {
            let name = UnsafeRawBufferPointer(
                start: json_object_iter_key(current), count: json_object_iter_key_len(current))
            if !known.contains(where: { name.elementsEqual($0.utf8) }) {
                unknown.append(String(decoding: name, as: UTF8.self))
            }
            place = json_object_iter_next(pointer, current)
        }
        return unknown.min()
    }

    private static func problem(_ error: json_error_t) -> LogError.Problem {
        let column = Int(error.position)
        var error = error
        switch json_error_code(&error) {
        case json_error_invalid_utf8: return .invalidUTF8(column: column)
        case json_error_duplicate_key: return .repeatedField(column: column)
        default:
            let text = withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            return .notJSON(reason: withoutQuotation(text), column: column)
        }
    }

    /// jansson's message without the piece of the line that it ends with, which may be a customer's data.
    private static func withoutQuotation(_ message: String) -> String {
        let words = message.split(separator: " ")
        return words.prefix { $0 != "near" }.joined(separator: " ")
    }
}

// Composite macros, which Swift does not import.
private let rejectDuplicates = 0x1
private let decodeAny = 0x4

extension StaticString {
    /// The bytes of a literal that is not a single scalar.
    fileprivate var utf8: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
