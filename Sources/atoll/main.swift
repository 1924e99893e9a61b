import Foundation

let words = Array(CommandLine.arguments.dropFirst())
if words.count >= 3, words[1] == "merge-memory", let n = Int(words[2]) {
    print(try BenchMerge.mergeForMemory(n))
} else if words.count >= 2, let bench = Bench(rawValue: words[1]) {
    var options = BenchOptions()
    options.progress = { FileHandle.standardError.write(Data(($0 + "\n").utf8)) }
    if let index = words.firstIndex(of: "--log") { options.log = words[index + 1] }
    print(try bench.run(options).json)
}
