/// The settings in one object of a file that people edit: those that are known, and no others.
struct Settings<Key: CodingKey & CaseIterable & RawRepresentable> where Key.RawValue == String {
    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Key>
    private let place: String

    /// - Parameter place: what the object is, for errors; empty for the whole file.
    init(_ decoder: any Decoder, in place: String) throws {
        self.place = place
        do {
            container = try decoder.container(keyedBy: Key.self)
        } catch {
            throw SettingError(detail: "\(place.isEmpty ? "the file" : place) is no JSON object")
        }
        let names = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        let known = Key.allCases.map(\.rawValue)
        if let strange = names.filter({ !known.contains($0) }).min() {
            throw SettingError(
                detail: "\(Self.prefix(place))\"\(strange)\" is no setting; known are \(known.joined(separator: ", "))")
        }
    }

    /// - Parameter what: what the value should be, for errors.
    func value<Value: Decodable>(_ key: Key, _ type: Value.Type, _ what: String) throws -> Value? {
        do {
            return try container.decodeIfPresent(type, forKey: key)
        } catch let error as SettingError {
            throw error
        } catch {
            throw SettingError(detail: "\(Self.prefix(place))\(key.rawValue) has to be \(what)")
        }
    }

    func address(_ key: Key) throws -> NodeAddress? {
        let form = "a host and a port, like \"10.0.0.7:7400\""
        guard let text = try value(key, String.self, form) else { return nil }
        guard let address = NodeAddress(text) else {
            throw SettingError(detail: "\(Self.prefix(place))\(key.rawValue) has to be \(form), not \"\(text)\"")
        }
        return address
    }

    private static func prefix(_ place: String) -> String { place.isEmpty ? "" : "\(place): " }
}
