internal import Glibc

/// What is fuzzed. A target is an executable of that name (`Tests/Fuzz/NAME`), its seeds (`Tests/Fuzz/Corpus/NAME`), and the
/// inputs that once broke it (`Tests/Fuzz/Found/NAME`), which a test replays.
///
/// To add one: a case here with its check and its seeds, a folder with the few lines that libFuzzer calls, its name in
/// `Package.swift`.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// Groups of cells, ids, keys and vectors; the join and the views of records that nobody vouches for.
    case record = "FuzzRecord"
    /// A delta's header and pieces; what a replica makes of the deltas that were accepted.
    case delta = "FuzzDelta"
    /// Delta files, and files of cuts.
    case deltaFile = "FuzzDeltaFile"
    /// A stream of frames.
    case frame = "FuzzFrame"
    /// Sessions over a line that does anything, and with a peer that says anything.
    case session = "FuzzSession"

    /// Tries one input.
    ///
    /// - Throws: `Violation`; whatever else it throws should not have come out of the code under test either. What is merely
    ///   refused is fine.
    public func check(_ input: [UInt8]) throws {
        switch self {
        case .record: try RecordFuzz.check(input)
        case .delta: try DeltaFuzz.check(input)
        case .deltaFile: try DeltaFileFuzz.check(input)
        case .frame: try FrameFuzz.check(input)
        case .session: try SessionFuzz.check(input)
        }
    }

    /// Valid material to begin with, the same every time.
    public func seeds() throws -> [(name: String, bytes: [UInt8])] {
        switch self {
        case .record: try RecordFuzz.seeds()
        case .delta: try DeltaFuzz.seeds()
        case .deltaFile: try DeltaFileFuzz.seeds()
        case .frame: try FrameFuzz.seeds()
        case .session: try SessionFuzz.seeds()
        }
    }

    /// Tries one input, and ends the process by a signal if a property is broken: that is how libFuzzer hears of it.
    public func run(_ input: UnsafeRawBufferPointer) {
        do {
            try check(Array(input))
        } catch {
            let message = Array("\(rawValue): \(error)\n".utf8)
            write(STDERR_FILENO, message, message.count)
            abort()
        }
    }
}
