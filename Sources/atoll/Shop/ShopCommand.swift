import Foundation
import Node
import Replica
import Retail

extension Command {
    /// What is done to an order, and so on: each a command of two words.
    static let shop: [Command] = ShopOperation.all.map { Command($0) }
    static let subjects = ShopOperation.all.reduce(into: [String]()) { if !$0.contains($1.subject) { $0.append($1.subject) } }

    private static let key = Option(
        name: "key", value: "TEXT", help: "say it again with the same key if the answer was lost: it is done once")

    private init(_ operation: ShopOperation) {
        let operands = operation.operands.map { Operand(name: $0.title.uppercased(), help: $0.hint) }
        let options = operation.options.map { parameter in
            Option(name: parameter.title, value: parameter.kind.isFlag ? nil : parameter.valueName, help: parameter.hint)
        }
        let words = operation.operands.map(\.example).joined(separator: " ")
        self.init(
            name: "\(operation.subject) \(operation.verb)", summary: operation.summary + ".",
            details: operation.isChange
                ? "Works whether or not any peer is reachable: by the node that runs on the directory, or else by itself." : "",
            operands: operands,
            options: options + (operation.isChange ? [Self.key] : []) + [.node("a replica's directory, as a till's"), .json],
            examples: ["atoll \(operation.subject) \(operation.verb) \(words)\(words.isEmpty ? "" : " ")--dir S001"]
        ) { arguments in
            let value = try operation.value(of: arguments)
            let path = try arguments.required("dir")
            let result =
                try operation.isChange
                ? ShopDesk.change(operation, value, under: arguments.value("key"), in: path)
                : ShopDesk.answer(operation, value, in: path)
            try ShopOutput.print(result, isJSON: arguments.has("json"))
        }
    }
}

extension ShopOperation {
    /// What must be said stands without a name.
    fileprivate var operands: [Parameter] { parameters.filter(\.isRequired) }
    fileprivate var options: [Parameter] { parameters.filter { !$0.isRequired } }

    fileprivate func value(of arguments: Arguments) throws -> DeskValue {
        var members = try zip(operands, arguments.operands).map { DeskValue.Member($0.name, try $0.value(of: $1)) }
        for parameter in options {
            if parameter.kind.isFlag {
                if arguments.has(parameter.title) { members.append(.init(parameter.name, .flag(true))) }
            } else if let text = arguments.value(parameter.title) {
                members.append(.init(parameter.name, try parameter.value(of: text)))
            }
        }
        return .object(members)
    }
}

extension Parameter.Kind {
    fileprivate var isFlag: Bool { if case .flag = self { true } else { false } }
}

extension Parameter {
    fileprivate var title: String { name.replacing("_", with: "-") }

    fileprivate var valueName: String {
        switch kind {
        case .integer: "NUMBER"
        case .moment: "TIME"
        case .store: "STORE"
        case .list: "LIST"
        case .text, .choice, .flag: "TEXT"
        }
    }

    fileprivate var hint: String {
        switch kind {
        case .choice(let known): "\(help): \(known.joined(separator: ", "))"
        case .list(let parts):
            "\(help): \(parts.map { $0.isRequired ? $0.title.uppercased() : "[\($0.title.uppercased())]" }.joined(separator: ":")), with commas between, or JSON"
        case .moment: "\(help); milliseconds since 1970, or as 2026-03-02T12:00:00Z"
        case .text, .integer, .flag, .store: help
        }
    }

    fileprivate var example: String {
        switch kind {
        case .list(let parts): parts.prefix(2).map(\.example).joined(separator: ":")
        case .choice(let known): known.first ?? ""
        case .integer: "3"
        case .store: "S002"
        case .moment: "2026-03-02T12:00:00Z"
        case .flag, .text: Self.examples[name] ?? "ann"
        }
    }

    private static let examples = [
        "sku": "TEA", "number": "1-26-000001", "stocktake": "C.1-26-000001", "id": "K.1-26-000001", "into": "K.2-26-000001",
        "code": "4006381333931",
        "tender": "cash", "reason": "bank", "way": "accept", "text": "tea",
    ]

    /// What was typed, as the operation takes it.
    fileprivate func value(of text: String) throws -> DeskValue {
        switch kind {
        case .text, .choice, .store: return .text(text)
        case .flag: return .flag(text == "true")
        case .integer:
            guard let number = Int64(text) else { throw DeskError.wrongKind(name, expected: "a whole number") }
            return .integer(number)
        case .moment:
            if let number = Int64(text) { return .integer(number) }
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw DeskError.wrongKind(name, expected: "a time, in milliseconds since 1970 or as 2026-03-02T12:00:00Z")
            }
            return .integer(Int64((date.timeIntervalSince1970 * 1000).rounded()))
        case .list(let parts):
            if text.hasPrefix("[") {
                guard let value = try? JSONDecoder().decode(DeskValue.self, from: Data(text.utf8)) else {
                    throw DeskError.wrongKind(name, expected: "a list in JSON, or as \(example)")
                }
                return value
            }
            return .list(
                try text.split(separator: ",").enumerated().map { index, item in
                    let words = item.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
                    guard words.count <= parts.count else {
                        throw DeskError.wrongKind("\(name)[\(index)]", expected: "as \(example)")
                    }
                    return .object(
                        try zip(parts, words).filter { !$1.isEmpty }.map { part, word in
                            do {
                                return .init(part.name, try part.value(of: word))
                            } catch DeskError.wrongKind(let field, let expected) {
                                throw DeskError.wrongKind("\(name)[\(index)].\(field)", expected: expected)
                            }
                        })
                })
        }
    }
}
