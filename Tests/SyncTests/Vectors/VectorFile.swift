import Foundation
import Testing

/// A file in `Protocol/vectors`.
///
/// The tests make its content anew from fixed seeds and clocks and compare it with the file, which they never write: only with
/// ATOLL_WRITE_VECTORS=1 in the environment, when somebody means to change it.
struct VectorFile<Content: Codable> {
    let name: String

    init(_ name: String, of content: Content.Type = Content.self) {
        self.name = name
    }

    func read() throws -> Content {
        try JSONDecoder().decode(Content.self, from: try Data(contentsOf: url))
    }

    /// Expects that the file holds a content, spelled as we write it.
    func expect(_ content: Content) throws {
        let text = try write(content)
        let isSame = try Data(contentsOf: url) == text
        #expect(isSame, "\(name) says something else than the code; ATOLL_WRITE_VECTORS=1 writes it anew, for review")
    }

    /// Writes the file if that is asked for.
    @discardableResult
    func write(_ content: Content) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = try encoder.encode(content) + Data("\n".utf8)
        if ProcessInfo.processInfo.environment["ATOLL_WRITE_VECTORS"] == "1" { try text.write(to: url) }
        return text
    }

    private var url: URL {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root = root.deletingLastPathComponent() }
        return root.appending(path: "Protocol/vectors/\(name)")
    }
}
