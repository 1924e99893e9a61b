private enum KindKey: String, CodingKey {
    case kind
}

extension Decoder {
    /// Reads the key `kind`, and finds the type that it names.
    ///
    /// - Throws: `DecodingError` that names all kinds, if there is none.
    func kind<Kind>(outOf known: [Kind], name: (Kind) -> String) throws -> Kind {
        let container = try container(keyedBy: KindKey.self)
        let wanted = try container.decode(String.self, forKey: .kind)
        guard let found = known.first(where: { name($0) == wanted }) else {
            let names = known.map(name).sorted()
            let nearest = names.nearest(to: wanted).map { "; did you mean \($0.quoted)?" } ?? ";"
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: container,
                debugDescription: "unknown kind \(wanted.quoted)\(nearest) Known are: \(names.joined(separator: ", "))")
        }
        return found
    }
}
