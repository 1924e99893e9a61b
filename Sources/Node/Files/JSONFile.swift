internal import Foundation

/// Small JSON files of ours: a version first, so that a newer program's file is told from a damaged one.
struct JSONFile<Content: Codable> {
    private struct Version: Decodable {
        let version: Int
    }

    let path: String
    /// The newest version that this program knows.
    let version: Int
    let mode: UInt32

    func read() throws -> Content {
        let data = Data(try DurableFile.read(path))
        let decoder = JSONDecoder()
        guard let found = try? decoder.decode(Version.self, from: data) else {
            throw NodeError.damaged(path: path, detail: "it is not a JSON object with a version")
        }
        guard found.version <= version else {
            throw NodeError.newerVersion(path: path, found: found.version, supported: version)
        }
        do {
            return try decoder.decode(Content.self, from: data)
        } catch let error as SettingError {
            throw NodeError.wrongSetting(path: path, detail: error.detail)
        } catch {
            throw NodeError.damaged(path: path, detail: "a field is missing or says something impossible")
        }
    }

    func write(_ content: Content) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = try encoder.encode(content) + Data("\n".utf8)
        try DurableFile.write(Array(bytes), to: path, mode: mode)
    }
}

/// What is wrong with a file that people edit, in words for them.
struct SettingError: Error {
    let detail: String
}
