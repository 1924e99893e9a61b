import Foundation
import Simulation

/// A scenario and where it stands.
struct ScenarioFile: Sendable {
    let path: String
    let scenario: Scenario

    var name: String { String(path.split(separator: "/").last?.dropLast(".json".count) ?? "") }

    /// What takes minutes, or gigabytes, lies in a folder of this name, and is played only where that is named itself.
    private static let large = "large/"

    /// - Throws: `ScenarioErrors` with every mistake of the first file that has one; `CommandError` if there is none to read.
    static func all(at path: String) throws -> [ScenarioFile] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandError.badInput("\(path.printable) is not there. Name a scenario file, or a folder of them.")
        }
        guard isFolder.boolValue else { return [try read(path)] }
        let names = try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
            name.hasSuffix(".json") && !name.hasSuffix(".schema.json") && !name.hasPrefix(large)
        }.sorted()
        guard !names.isEmpty else {
            throw CommandError.badInput("\(path.printable) holds no scenario: no file there ends in .json.")
        }
        return try names.map { try read(path + "/" + $0) }
    }

    private static func read(_ path: String) throws -> ScenarioFile {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandError.badInput("\(path.printable) cannot be read. Check its permissions.")
        }
        do {
            return ScenarioFile(path: path, scenario: try Scenario.read(Array(bytes), named: path))
        } catch {
            throw CommandError.badInput(error.description)
        }
    }
}
