public import CRDT
public import Replica

/// What a filled-in form does to a record.
public struct Edit: Hashable, Sendable {
    public enum Change: Hashable, Sendable {
        case set(Value)
        case clear
        case change(adding: [Identifier], removing: [Identifier])
    }

    public let field: UInt32
    public let change: Change
}

extension Form {
    /// Checks what was filled in, as far as that can be done without any record.
    public func edits(_ inputs: [(name: String, input: Input)]) throws(FormError) -> [Edit] {
        var seen: Set<String> = []
        var edits: [Edit] = []
        for (name, input) in inputs {
            guard let entry = self[name] else {
                throw .unknownEntry(name, of: title, known: entries.map(\.name))
            }
            guard seen.insert(name).inserted else { throw .twice(name) }
            edits.append(Edit(field: entry.field, change: try entry.change(input)))
        }
        return edits
    }
}

extension Form.Entry {
    fileprivate func change(_ input: Form.Input) throws(FormError) -> Edit.Change {
        switch (kind, input) {
        case (.tags, .tags(let added, let removed)):
            return .change(adding: try identifiers(added), removing: try identifiers(removed))
        case (.tags, .texts(let tags)): return .change(adding: try identifiers(tags), removing: [])
        case (.tags, _): throw .wrongKind(name, expected: "a list of tags to add or to remove")
        case (_, .nothing): return .clear
        case (.text(let limit), .text(let text)): return .set(.text(try checked(text, limit: limit)))
        case (.text, _): throw .wrongKind(name, expected: "a text")
        case (.identifier, .text(let text)): return .set(.identifier(try identifiers([text])[0]))
        case (.identifier, _): throw .wrongKind(name, expected: "an id")
        case (.integer(let range), _):
            guard let number = Self.integer(input) else { throw .wrongKind(name, expected: "a whole number") }
            guard range.contains(number) else { throw .outOfRange(name, range) }
            return .set(.integer(number))
        case (.moment, _):
            guard let time = Self.integer(input) else { throw .wrongKind(name, expected: "a time in milliseconds since 1970") }
            let range = -Limits.momentMagnitude...Limits.momentMagnitude
            guard range.contains(time) else { throw .outOfRange(name, range) }
            return .set(.moment(time))
        case (.choice(let choices), .text(let text)):
            guard let choice = choices.first(where: { $0.name == text }) else {
                throw .unknownChoice(name, known: choices.map(\.name))
            }
            return .set(.integer(choice.value))
        case (.choice(let choices), _): throw .unknownChoice(name, known: choices.map(\.name))
        case (.texts(let limit), .texts(let texts)):
            guard texts.count <= Limits.tupleItems else { throw .tooLong(name, limit: Limits.tupleItems) }
            var items: [Value] = []
            for text in texts { items.append(.text(try checked(text, limit: limit))) }
            return .set(.tuple(items))
        case (.texts, _): throw .wrongKind(name, expected: "a list of texts")
        }
    }

    private func checked(_ text: String, limit: Int) throws(FormError) -> String {
        guard text.count <= limit, text.utf8.count <= 4 * limit else { throw .tooLong(name, limit: limit) }
        guard PlainText.isPrintable(text, linesAllowed: limit > Self.longestLine) else { throw .unprintable(name) }
        return text
    }

    /// Texts that may be longer have several lines.
    private static let longestLine = 500

    private func identifiers(_ texts: [String]) throws(FormError) -> [Identifier] {
        var ids: [Identifier] = []
        for text in texts {
            guard let id = PlainText.identifier(text) else { throw .malformedID(name) }
            ids.append(id)
        }
        return ids
    }

    private static func integer(_ input: Form.Input) -> Int64? {
        switch input {
        case .integer(let number): number
        case .text(let text): Int64(text)
        default: nil
        }
    }
}

extension Transaction {
    /// Edits a record field by field. What a field says already is not written again, unless others lost to it: then whoever saw
    /// them settles that.
    public func edit(_ key: RecordKey, by form: Form, _ inputs: [(name: String, input: Form.Input)]) throws {
        let edits = try form.edits(inputs)
        for (edit, entry) in zip(edits, inputs.map { form[$0.name] }) {
            if case .set(.identifier(let id)) = edit.change, case .identifier(let place?) = entry?.kind,
                try !exists(place(id))
            {
                throw FormError.unknownReference(entry?.name ?? "", id: id)
            }
        }
        for edit in edits { try apply(edit, to: key) }
    }

    private func apply(_ edit: Edit, to key: RecordKey) throws {
        switch edit.change {
        case .set(let value):
            let register = try record(key).register(SlotKey(field: edit.field))
            guard register?.value != value || register?.losers.isEmpty == false else { return }
            try set(edit.field, of: key, to: value)
        case .clear:
            guard try record(key).register(SlotKey(field: edit.field)) != nil else { return }
            try remove(edit.field, of: key)
        case .change(let added, let removed):
            for tag in removed { try remove(edit.field, .identifier(tag), of: key) }
            for tag in added { try insert(.identifier(tag), into: edit.field, of: key) }
        }
    }
}
