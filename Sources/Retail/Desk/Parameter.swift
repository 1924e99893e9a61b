internal import CRDT

/// What an operation takes, as commands, requests and their documents describe it.
public struct Parameter: Sendable {
    public indirect enum Kind: Sendable {
        case text
        case integer
        case flag
        /// Milliseconds since 1970.
        case moment
        case choice([String])
        /// A store's name or member number.
        case store
        /// Objects with these parts.
        case list([Parameter])
    }

    /// As people and programs name it: small letters and underlines.
    public let name: String
    public let kind: Kind
    public let isRequired: Bool
    public let help: String

    private init(_ name: String, _ kind: Kind, isRequired: Bool, _ help: String) {
        (self.name, self.kind, self.isRequired, self.help) = (name, kind, isRequired, help)
    }

    init(_ name: String, _ kind: Kind, _ help: String) { self.init(name, kind, isRequired: false, help) }

    init(_ name: String, _ help: String) { self.init(name, .text, help) }

    static func required(_ name: String, _ kind: Kind, _ help: String) -> Parameter {
        Parameter(name, kind, isRequired: true, help)
    }

    static func required(_ name: String, _ help: String) -> Parameter { required(name, .text, help) }
}

extension Form {
    /// Its entries as parameters.
    var parameters: [Parameter] {
        entries.map { entry in
            let kind: Parameter.Kind =
                switch entry.kind {
                case .text, .identifier, .texts, .tags: .text
                case .integer: .integer
                case .moment: .moment
                case .choice(let choices): .choice(choices.map(\.name))
                }
            return Parameter(entry.name, kind, entry.help)
        }
    }
}

/// Why an operation was not even tried.
public enum DeskError: Error, Hashable, Sendable {
    case unknownOperation(String)
    case unknownParameter(String, known: [String])
    case missing(String)
    case wrongKind(String, expected: String)
    case malformedID(String)
    case unknownStore(String, field: String)
    /// Only HQ says that.
    case headquartersOnly
}

extension DeskError: Refusal {
    public var problem: Problem {
        switch self {
        case .unknownOperation(let name):
            Problem("unknown-operation", "There is no operation \"\(name)\".", remedy: "See the list of operations.")
        case .unknownParameter(let field, let known):
            Problem(
                "unknown-field", field: field, "There is no such field.", remedy: "Known are: \(known.joined(separator: ", "))."
            )
        case .missing(let field): Problem("missing", field: field, "It is missing.", remedy: "Say it.")
        case .wrongKind(let field, let expected):
            Problem("wrong-kind", field: field, "This is not \(expected).", remedy: "Give \(expected).")
        case .malformedID(let field): FormError.malformedID(field).problem
        case .unknownStore(let name, let field):
            Problem(
                "unknown-store", field: field, "There is no store \"\(name)\" here.",
                remedy: "Give a store's name or member number.")
        case .headquartersOnly:
            Problem("headquarters-only", "Only headquarters can do that.", remedy: "Do it there, or ask them.")
        }
    }
}

/// An operation's parameters as they were filled in, checked against what it takes.
public struct Filled: Sendable {
    private let values: [String: DeskValue]
    /// What stands before a parameter's name where something is wrong with it.
    private let path: String

    /// - Throws: `DeskError` that names the first field that is wrong.
    init(_ value: DeskValue, _ parameters: [Parameter], path: String = "") throws(DeskError) {
        guard case .object(let members) = value else { throw .wrongKind(path.isEmpty ? "body" : path, expected: "an object") }
        var values: [String: DeskValue] = [:]
        let prefix = path.isEmpty ? "" : path + "."
        for member in members {
            let field = prefix + member.name
            guard let parameter = parameters.first(where: { $0.name == member.name }) else {
                throw .unknownParameter(field, known: parameters.map(\.name))
            }
            if member.value != .nothing { values[member.name] = try parameter.checked(member.value, field) }
        }
        for parameter in parameters where parameter.isRequired && values[parameter.name] == nil {
            throw .missing(prefix + parameter.name)
        }
        (self.values, self.path) = (values, prefix)
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String) -> String? { if case .text(let text)? = values[name] { text } else { nil } }

    func integer(_ name: String) -> Int64? { if case .integer(let number)? = values[name] { number } else { nil } }

    func flag(_ name: String) -> Bool { values[name] == .flag(true) }

    func id(_ name: String) throws(DeskError) -> Identifier? {
        guard let text = text(name) else { return nil }
        guard let id = PlainText.identifier(text) else { throw .malformedID(path + name) }
        return id
    }

    func requiredID(_ name: String) throws(DeskError) -> Identifier {
        guard let id = try id(name) else { throw .missing(path + name) }
        return id
    }

    func requiredInteger(_ name: String) throws(DeskError) -> Int64 {
        guard let number = integer(name) else { throw .missing(path + name) }
        return number
    }

    func list(_ name: String, _ parameters: [Parameter]) throws(DeskError) -> [Filled] {
        guard case .list(let items)? = values[name] else { return [] }
        var filled: [Filled] = []
        for (index, item) in items.enumerated() {
            filled.append(try Filled(item, parameters, path: "\(path)\(name)[\(index)]"))
        }
        return filled
    }

    /// What was filled in of a form's entries; a text that is empty empties the entry.
    func inputs(_ form: Form) -> [(name: String, input: Form.Input)] {
        form.entries.compactMap { entry in
            switch (entry.kind, values[entry.name]) {
            case (.tags, .text(let text)?): (entry.name, .tags(adding: Self.tags(text, false), removing: Self.tags(text, true)))
            case (.texts, .text(let text)?): (entry.name, .texts(Self.words(text)))
            case (_, .text(let text)?): (entry.name, text.isEmpty ? .nothing : .text(text))
            case (_, .integer(let number)?): (entry.name, .integer(number))
            default: nil
            }
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
    }

    /// Tags with a minus before them are taken away.
    private static func tags(_ text: String, _ isRemoved: Bool) -> [String] {
        words(text).filter { $0.hasPrefix("-") == isRemoved }.map { isRemoved ? String($0.dropFirst()) : $0 }
    }
}

extension Parameter {
    fileprivate func checked(_ value: DeskValue, _ field: String) throws(DeskError) -> DeskValue {
        switch (kind, value) {
        case (.text, .text), (.integer, .integer), (.moment, .integer), (.flag, .flag), (.store, .text), (.store, .integer):
            return value
        case (.choice(let known), .text(let text)):
            guard known.contains(text) else { throw .wrongKind(field, expected: "one of \(known.joined(separator: ", "))") }
            return value
        case (.list(let parameters), .list(let items)):
            for (index, item) in items.enumerated() { _ = try Filled(item, parameters, path: "\(field)[\(index)]") }
            return value
        case (.text, _): throw .wrongKind(field, expected: "a text")
        case (.integer, _): throw .wrongKind(field, expected: "a whole number")
        case (.moment, _): throw .wrongKind(field, expected: "a time in milliseconds since 1970")
        case (.flag, _): throw .wrongKind(field, expected: "true or false")
        case (.store, _): throw .wrongKind(field, expected: "a store's name or member number")
        case (.choice(let known), _): throw .wrongKind(field, expected: "one of \(known.joined(separator: ", "))")
        case (.list, _): throw .wrongKind(field, expected: "a list")
        }
    }
}
