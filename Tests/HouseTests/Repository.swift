import Foundation

/// The package's own directory, found from where this file is compiled.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let hasGit = has(".git")

    /// The Swift files below a directory of the package, ascending by path.
    static func swiftFiles(below directory: String) throws -> [SourceFile] {
        let base = root.appending(path: directory)
        let names = try FileManager.default.subpathsOfDirectory(atPath: base.path(percentEncoded: false))
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            SourceFile(path: "\(directory)/\(name)", text: try text(of: "\(directory)/\(name)"))
        }
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path(percentEncoded: false))
    }

    /// What is written for people, by path.
    static func documents() throws -> [String] {
        try ["Protocol", "Simulations"].filter(has).reduce(into: ["README.md"]) { paths, directory in
            let names = try FileManager.default.contentsOfDirectory(
                atPath: root.appending(path: directory).path(percentEncoded: false))
            paths += names.filter { $0.hasSuffix(".md") }.sorted().map { "\(directory)/\($0)" }
        }
    }

    /// The names of all scenarios, those of regressions included.
    static func scenarios() throws -> Set<String> {
        let folder = root.appending(path: "Simulations").path(percentEncoded: false)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        return Set(names.map { URL(filePath: $0).deletingPathExtension().lastPathComponent })
    }

    /// Every file that git keeps, by path. What merely lies about in the directory is nobody's business.
    static func trackedPaths() throws -> [String] {
        let git = Process()
        let output = Pipe()
        git.executableURL = URL(filePath: "/usr/bin/env")
        // A build machine may check out under another user than the one who builds.
        git.arguments = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
        git.currentDirectoryURL = root
        git.standardOutput = output
        try git.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { throw GitFailure(code: git.terminationStatus) }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    struct GitFailure: Error {
        let code: Int32
    }
}
