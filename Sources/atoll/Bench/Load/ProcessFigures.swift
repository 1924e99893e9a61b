import Foundation
import Glibc

/// What a process has taken of the machine so far, as the kernel counts it: on a busy machine it says more than the clock.
struct ProcessFigures {
    let residentKiB: Int
    /// Seconds of processor time, of user and kernel together, by thread: `main`, or how much later it was made.
    let secondsByThread: [String: Double]

    var seconds: Double { secondsByThread.values.reduce(0, +) }

    init(of process: Int32) throws {
        let folder = "/proc/\(process)"
        let status = try String(contentsOfFile: folder + "/status", encoding: .utf8)
        guard let kib = Self.value("VmRSS:", in: status) else { throw BenchError.childFailed("no VmRSS") }
        residentKiB = kib
        var byThread: [String: Double] = [:]
        for thread in try FileManager.default.contentsOfDirectory(atPath: folder + "/task") {
            // One that ended meanwhile is gone.
            guard let line = try? String(contentsOfFile: "\(folder)/task/\(thread)/stat", encoding: .utf8),
                let number = Int32(thread), let close = line.lastIndex(of: ")")
            else { continue }
            let fields = line[line.index(after: close)...].split(separator: " ")
            guard fields.count > 12, let user = Double(fields[11]), let kernel = Double(fields[12]) else { continue }
            let name = number == process ? "main" : "thread \(number - process)"
            byThread[name] = (user + kernel) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
        secondsByThread = byThread
    }

    private static func value(_ name: String, in status: String) -> Int? {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    /// Threads and their seconds since an earlier look, for people.
    func text(since earlier: ProcessFigures? = nil) -> String {
        secondsByThread.sorted { $0.key < $1.key }.compactMap { name, seconds in
            let spent = seconds - (earlier?.secondsByThread[name] ?? 0)
            return spent < 0.01 ? nil : "\(name) \(spent.formatted(.number.precision(.fractionLength(2)))) s"
        }.joined(separator: ", ")
    }
}
