/// A value of a JSON text, and where it begins.
struct SourceValue {
    /// The byte at which it begins. No two values of a text begin at the same one, so it also says which value this is.
    let offset: Int
    let content: Content

    enum Content {
        case null
        case boolean(Bool)
        /// Of 64 bits, with or without a sign: `Int64.min` to `UInt64.max`.
        case integer(Int128)
        /// Written with a fraction or an exponent; finite.
        case real(Double)
        case text(String)
        case array([SourceValue])
        case object(SourceObject)
    }

    var isNull: Bool {
        if case .null = content { true } else { false }
    }

    func boolean() throws(SourceFault) -> Bool {
        guard case .boolean(let boolean) = content else { throw wrongType(expected: "true or false") }
        return boolean
    }

    func text() throws(SourceFault) -> String {
        guard case .text(let text) = content else { throw wrongType(expected: "text") }
        return text
    }

    func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws(SourceFault) -> Integer {
        guard case .integer(let integer) = content else { throw wrongType(expected: "an integer") }
        guard let exact = Integer(exactly: integer) else {
            throw fault(.outOfRange(number: "\(integer)", allowed: "\(Integer.min) to \(Integer.max)"))
        }
        return exact
    }

    /// The nearest number of the type to a decimal fraction; exactly an integer.
    func floatingPoint<Number: BinaryFloatingPoint>(_: Number.Type) throws(SourceFault) -> Number {
        switch content {
        case .integer(let integer):
            guard let exact = Number(exactly: integer) else {
                throw fault(.inexact(number: "\(integer)", type: "\(Number.self)"))
            }
            return exact
        case .real(let real):
            let number = Number(real)
            guard number.isFinite, !number.isZero || real.isZero else {
                throw fault(
                    .outOfRange(
                        number: "\(real)",
                        allowed: "magnitudes of \(Number.leastNonzeroMagnitude) to \(Number.greatestFiniteMagnitude)"))
            }
            return number
        default: throw wrongType(expected: "a number")
        }
    }

    func array() throws(SourceFault) -> [SourceValue] {
        guard case .array(let elements) = content else { throw wrongType(expected: "an array") }
        return elements
    }

    func object() throws(SourceFault) -> SourceObject {
        guard case .object(let object) = content else { throw wrongType(expected: "an object") }
        return object
    }

    /// The value that a path leads to from here, or the last one on the way there.
    func value(at path: some Sequence<any CodingKey>) -> SourceValue {
        var value = self
        for key in path {
            switch value.content {
            case .object(let object):
                guard let member = object[key.stringValue] else { return value }
                value = member.value
            case .array(let elements):
                guard let index = key.intValue, elements.indices.contains(index) else { return value }
                value = elements[index]
            default: return value
            }
        }
        return value
    }

    /// A mistake at this place.
    func fault(_ problem: ScenarioError.Problem) -> SourceFault {
        SourceFault(offset: offset, problem: problem)
    }

    private func wrongType(expected: String) -> SourceFault {
        fault(.wrongType(expected: expected, found: typeName))
    }

    private var typeName: String {
        switch content {
        case .null: "null"
        case .boolean(let boolean): "\(boolean)"
        case .integer: "an integer"
        case .real: "a number with a fraction or exponent"
        case .text: "text"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
