/// Any JSON value, by trying one type after the other.
///
/// Numbers become integers whenever they are some: a decoder may or may not take `1.0` for one.
enum JSONTree: Decodable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case large(UInt64)
    case real(UInt64)
    case text(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let boolean = try? container.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let large = try? container.decode(UInt64.self) {
            self = .large(large)
        } else if let real = try? container.decode(Double.self) {
            self = JSONTree(real)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let elements = try? container.decode([JSONTree].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    private init(_ real: Double) {
        if let integer = Int64(exactly: real) {
            self = .integer(integer)
        } else if let large = UInt64(exactly: real) {
            self = .large(large)
        } else {
            self = .real(real.bitPattern)
        }
    }

    /// Null for each integer that a `Double` may round. Foundation cuts the fraction off `162269338234939906.1` if asked
    /// for an integer, so that such a number can differ from the `Double` that it is.
    var withoutWideIntegers: JSONTree {
        switch self {
        case .integer(let integer): integer.magnitude < 1 << 53 ? self : .null
        case .large: .null
        case .array(let elements): .array(elements.map(\.withoutWideIntegers))
        case .object(let members): .object(members.mapValues(\.withoutWideIntegers))
        default: self
        }
    }
}
