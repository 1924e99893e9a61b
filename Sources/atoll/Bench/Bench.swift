import Foundation

/// What a benchmark found: figures by name, in the order in which they were measured.
struct BenchReport {
    let bench: String
    private(set) var figures: [(name: String, value: Double)] = []

    init(_ bench: String) {
        self.bench = bench
    }

    mutating func add(_ name: String, _ value: Double) {
        figures.append((name, value))
    }

    /// `{"bench": NAME, "cores": n, "figures": {...}}`, figures with four significant digits.
    var json: String {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let list = figures.map { "\"\($0.name)\": \(Self.digits($0.value))" }.joined(separator: ", ")
        return "{\"bench\": \"\(bench)\", \"cores\": \(cores), \"figures\": {\(list)}}"
    }

    var table: String {
        let width = figures.map(\.name.count).max() ?? 0
        return figures.map { figure in
            "  " + figure.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + Self.digits(figure.value)
        }.joined(separator: "\n")
    }

    private static func digits(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        let places = max(0, 3 - Int(log10(abs(value)).rounded(.down)))
        return String(format: "%.\(places)f", value)
    }
}

/// What can be measured, and how it is asked for.
struct BenchOptions {
    /// A recorded log to measure besides, in figures that end in `_log`.
    var log: String?
    var repetitions = 3
    /// Told what is going on.
    var progress: (String) -> Void = { _ in }
}

enum Bench: String, CaseIterable {
    case merge, commit, size, delta

    var summary: String {
        switch self {
        case .merge: "joining the deltas of 20 stores, against bare SQLite that writes the same rows"
        case .commit: "a durable sale in a file of a million orders, against bare upserts of the same records"
        case .size: "bytes an order, on disk and in a delta file"
        case .delta: "finding what a peer lacks, in a large and in a small file"
        }
    }

    func run(_ options: BenchOptions) throws -> BenchReport {
        switch self {
        case .merge: try BenchMerge(options).run()
        case .commit: try BenchCommit(options).run()
        case .size: try BenchSize(options).run()
        case .delta: try BenchDelta(options).run()
        }
    }
}

/// Seconds that a body takes on the monotonic clock.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    let elapsed = start.duration(to: .now)
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
}

func median(_ values: [Double]) -> Double {
    percentile(values, 0.5)
}

/// The value below which a share of all values lies, between its neighbours.
func percentile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return .nan }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
}
