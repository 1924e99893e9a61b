import Foundation
import Simulation

/// The scenarios that stand in the project, with their names.
enum ProjectScenarios {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Simulations")

    static func all() throws -> [(name: String, scenario: Scenario)] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path()).filter { name in
            name.hasSuffix(".json") && !name.hasSuffix(".schema.json")
        }
        return try names.sorted().map { name in
            (name, try Scenario.read(Array(try Data(contentsOf: folder.appending(path: name))), named: name))
        }
    }
}
