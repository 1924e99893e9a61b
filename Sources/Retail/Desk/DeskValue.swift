/// A value as programs hand it over: what JSON can say, in whole numbers.
public indirect enum DeskValue: Hashable, Sendable {
    /// A part of an object, in the order in which it is shown.
    public struct Member: Hashable, Sendable {
        public let name: String
        public let value: DeskValue

        public init(_ name: String, _ value: DeskValue) { (self.name, self.value) = (name, value) }
    }

    case nothing
    case flag(Bool)
    case integer(Int64)
    case text(String)
    case list([DeskValue])
    case object([Member])

    /// Of an object; nil if it has no such part.
    public subscript(name: String) -> DeskValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}

extension DeskValue: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(dictionaryLiteral elements: (String, DeskValue)...) { self = .object(elements.map { Member($0, $1) }) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

/// As JSON: an object's parts lose their order, and stand sorted by name where they are read.
extension DeskValue: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Name.self) {
            self = .object(
                try object.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
                    Member($0.stringValue, try object.decode(DeskValue.self, forKey: $0))
                })
            return
        }
        if var list = try? decoder.unkeyedContainer() {
            var items: [DeskValue] = []
            while !list.isAtEnd { items.append(try list.decode(DeskValue.self)) }
            self = .list(items)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .nothing
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Int64.self) {
            self = .integer(number)
        } else {
            self = .text(try value.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var object = encoder.container(keyedBy: Name.self)
            for member in members { try object.encode(member.value, forKey: Name(stringValue: member.name)) }
        case .list(let items):
            var list = encoder.unkeyedContainer()
            for item in items { try list.encode(item) }
        case .nothing:
            var value = encoder.singleValueContainer()
            try value.encodeNil()
        case .flag(let flag):
            var value = encoder.singleValueContainer()
            try value.encode(flag)
        case .integer(let number):
            var value = encoder.singleValueContainer()
            try value.encode(number)
        case .text(let text):
            var value = encoder.singleValueContainer()
            try value.encode(text)
        }
    }
}
