/// The last term of the registrar's office that was granted to another member here: a witness outside the database.
///
/// A database that was put back to before that knows nothing of the grant, and would make this member the registrar again, beside
/// the one who is.
struct HandoverMark: Codable, Hashable {
    private static let fileName = "handed-over.json"

    private(set) var version = 1
    let term: UInt64

    init(term: UInt64) {
        self.term = term
    }

    private static func file(in directory: String) -> JSONFile<HandoverMark> {
        JSONFile(path: directory + "/" + fileName, version: 1, mode: 0o644)
    }

    /// - Returns: nil if the office was never handed over here.
    static func read(in directory: String) throws -> HandoverMark? {
        let file = file(in: directory)
        guard case .file = try FileKind(file.path) else { return nil }
        return try file.read()
    }

    /// Durably.
    func write(in directory: String) throws {
        try Self.file(in: directory).write(self)
    }
}
