/// Gives one value of a JSON text to a type, and notes what the type asked for.
///
/// Whatever leaves ``decode(_:)`` is a ``SourceFault``, also for the types around, which may catch it.
struct StrictDecoder: Decoder {
    let value: SourceValue
    let codingPath: [any CodingKey]
    let visits: DecodingVisits
    let userInfo: [CodingUserInfoKey: Any]

    init(
        _ value: SourceValue, codingPath: [any CodingKey], visits: DecodingVisits, userInfo: [CodingUserInfoKey: Any]
    ) {
        self.value = value
        self.userInfo = userInfo
        self.codingPath = codingPath
        self.visits = visits
    }

    /// Decodes the value to its end: what is left of it now is left for good.
    func decode<Value: Decodable>(_ type: Value.Type) throws(SourceFault) -> Value {
        let mark = visits.mark
        let decoded = try decodePart(type)
        visits.finish(since: mark)
        return decoded
    }

    /// Decodes a type that may be one of several which read the same value.
    func decodePart<Value: Decodable>(_ type: Value.Type) throws(SourceFault) -> Value {
        do {
            let containerCount = visits.containerCount
            let decoded = try Value(from: self)
            if visits.containerCount == containerCount {
                // A synthesized type without properties asks nothing: it stands for an object without members.
                _ = try value.object()
                visits.visit(value)
            }
            return decoded
        } catch let fault as SourceFault {
            throw fault
        } catch let error as DecodingError {
            throw fault(error, of: type)
        } catch {
            throw value.fault(.refused(reason: "\(error)"))
        }
    }

    /// A decoder of a member or an element.
    func decoder(for value: SourceValue, at key: some CodingKey) -> StrictDecoder {
        StrictDecoder(value, codingPath: codingPath + [key], visits: visits, userInfo: userInfo)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let object = try value.object()
        visits.visit(value)
        visits.note(value) { $0.accept(type) }
        return KeyedDecodingContainer(StrictKeyedContainer(decoder: self, object: object))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let elements = try value.array()
        visits.visit(value)
        return StrictUnkeyedContainer(decoder: self, elements: elements)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        visits.countContainer()
        return StrictSingleValueContainer(decoder: self)
    }

    /// What a type throws by itself, at the place that it names.
    private func fault<Value>(_ error: DecodingError, of type: Value.Type) -> SourceFault {
        switch error {
        case .keyNotFound(let key, let context): return place(context).fault(.missingKey(key.stringValue))
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return place(context).fault(.refused(reason: context.debugDescription))
        case .dataCorrupted(let context):
            let place = place(context)
            let known = caseNames(of: type)
            if place.offset == value.offset, case .text(let text) = value.content,
                !known.isEmpty, !known.contains(text)
            {
                return value.fault(.unknownValue(text, suggestion: known.nearest(to: text), known: known))
            }
            return place.fault(.refused(reason: context.debugDescription))
        @unknown default: return value.fault(.refused(reason: "\(error)"))
        }
    }

    /// Where a path leads if it begins with this decoder's own; a type that names another, or none, means its value.
    private func place(_ context: DecodingError.Context) -> SourceValue {
        let path = context.codingPath
        let isBelow = zip(codingPath, path).allSatisfy { $0.stringValue == $1.stringValue }
        guard path.count >= codingPath.count, isBelow else { return value }
        return value.value(at: path[codingPath.count...])
    }
}
