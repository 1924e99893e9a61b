import Foundation
import Simulation

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
    /// How much is generated for `merge`, `size`, `wire` and `diverge`; the figures that are asked for are medium's.
    var size = LogShape.Size.medium
    var repetitions = 3
    /// Of `catchup`, instead of 100,000.
    var orders: Int?
    /// Of `fanin` and `live`, instead of 10,000 and 100.
    var stores: Int?
    /// Told what is going on.
    var progress: (String) -> Void = { _ in }
}

enum Bench: String, CaseIterable {
    case merge, commit, size, delta
    case wire, diverge, catchup, fanin, live
    case simulate

    var summary: String {
        switch self {
        case .merge: "joining the deltas of 20 stores, against bare SQLite that writes the same rows"
        case .commit: "a durable sale in a file of a million orders, against bare upserts of the same records"
        case .size: "bytes an order, on disk and in a delta file"
        case .delta: "finding what a peer lacks, in a large and in a small file"
        case .catchup: "a store brings 100,000 orders to HQ, against the join of the same; and HQ's own till meanwhile"
        case .fanin: "how soon 10,000 stores are current after HQ was restarted, and what connections take of HQ, also idle"
        case .live: "how soon a sale at one of 100 stores is durable at HQ"
        case .wire: "bytes that cross a line: a first sync, a live sale, two replicas that are equal"
        case .simulate: "hours of 20 stores that one core plays in a second, with all faults and all oracles"
        case .diverge: "bytes and time that it takes two sides of an outage to become equal"
        }
    }

    func run(_ options: BenchOptions) throws -> BenchReport {
        switch self {
        case .merge: try BenchMerge(options).run()
        case .commit: try BenchCommit(options).run()
        case .size: try BenchSize(options).run()
        case .delta: try BenchDelta(options).run()
        case .catchup: try BenchCatchup(options).run()
        case .fanin: try BenchFanin(options).run()
        case .live: try BenchLive(options).run()
        case .wire: try BenchWire(options).run()
        case .diverge: try BenchDiverge(options).run()
        case .simulate: try BenchSimulate(options).run()
        }
    }
}

/// Seconds that a body takes on the monotonic clock.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return start.duration(to: .now).inSeconds
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
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
