internal import Foundation
internal import FuzzHarness

// Writes the seed corpus anew, below the directory that is named: what lay there of it before is replaced.
guard let path = CommandLine.arguments.dropFirst().first else {
    FileHandle.standardError.write(Data("usage: FuzzCorpus DIRECTORY\n".utf8))
    exit(2)
}
for target in FuzzTarget.allCases {
    let folder = URL(filePath: path).appending(path: target.rawValue)
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, bytes) in try target.seeds() { try Data(bytes).write(to: folder.appending(path: name)) }
}
