internal import CJansson

/// A value inside a parsed line, not owned: it must not outlive the closure of ``JSONObject/parse(_:_:)``.
struct JSONValue {
    private let pointer: UnsafeMutablePointer<json_t>
    let path: FieldPath

    init(_ pointer: UnsafeMutablePointer<json_t>, path: FieldPath) {
        self.pointer = pointer
        self.path = path
    }

    /// An integer of `range`; a number with a fraction or an exponent is not one.
    func integer(in range: ClosedRange<Int64>) throws(LogError.Problem) -> Int64 {
        guard pointer.pointee.type == JSON_INTEGER else { throw wrongType(expected: "an integer") }
        let value = Int64(json_integer_value(pointer))
        guard range.contains(value) else {
            throw .outOfRange(field: path.description, value: value, allowed: range)
        }
        return value
    }

    /// A text without control characters whose UTF-8 is as long as `bytes` allows.
    func text(bytes allowed: ClosedRange<Int>) throws(LogError.Problem) -> String {
        guard pointer.pointee.type == JSON_STRING, let start = json_string_value(pointer) else {
            throw wrongType(expected: "text")
        }
        let count = json_string_length(pointer)
        guard allowed.contains(count) else {
            throw .wrongLength(field: path.description, bytes: count, allowed: allowed)
        }
        let utf8 = UnsafeRawBufferPointer(start: start, count: count)
        guard !holdsControlCharacter(utf8) else { throw .controlCharacter(field: path.description) }
        return String(decoding: utf8, as: UTF8.self)
    }

    /// The elements of an array of at most `limit`, each turned into a value by `element`.
    func array<Value>(
        limit: Int, _ element: (JSONValue) throws(LogError.Problem) -> Value
    ) throws(LogError.Problem) -> [Value] {
        guard pointer.pointee.type == JSON_ARRAY else { throw wrongType(expected: "an array") }
        let count = json_array_size(pointer)
        guard count <= limit else { throw .tooMany(field: path.description, count: count, limit: limit) }
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in 0..<count { values.append(try element(try self.element(index))) }
        return values
    }

    /// Requires an array of exactly `count` elements, which ``element(_:)`` then gives.
    func requireArray(count: Int) throws(LogError.Problem) {
        guard pointer.pointee.type == JSON_ARRAY else { throw wrongType(expected: "an array") }
        let found = json_array_size(pointer)
        guard found == count else {
            throw .wrongElementCount(field: path.description, expected: count, found: found)
        }
    }

    /// The element at `index`.
    func element(_ index: Int) throws(LogError.Problem) -> JSONValue {
        guard let element = json_array_get(pointer, index) else { throw .missingField(path.element(index).description) }
        return JSONValue(element, path: path.element(index))
    }

    /// The value as an object.
    func object() throws(LogError.Problem) -> JSONObject {
        guard pointer.pointee.type == JSON_OBJECT else { throw wrongType(expected: "an object") }
        return JSONObject(pointer)
    }

    /// What the value is, in words.
    var typeName: String {
        switch pointer.pointee.type {
        case JSON_OBJECT: "an object"
        case JSON_ARRAY: "an array"
        case JSON_STRING: "text"
        case JSON_INTEGER: "an integer"
        case JSON_REAL: "a number with a fraction or exponent"
        case JSON_TRUE, JSON_FALSE: "a truth value"
        default: "null"
        }
    }

    private func wrongType(expected: String) -> LogError.Problem {
        .wrongType(field: path.description, expected: expected, found: typeName)
    }
}

/// Whether valid UTF-8 holds a C0 control, a delete or a C1 control.
private func holdsControlCharacter(_ utf8: UnsafeRawBufferPointer) -> Bool {
    var previous: UInt8 = 0
    for byte in utf8 {
        if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return true }
        previous = byte
    }
    return false
}
