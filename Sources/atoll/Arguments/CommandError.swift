import Glibc

/// How the program ended, for whoever called it.
enum ExitCode: Int32 {
    case success = 0
    /// What was asked for does not hold: a check failed, a record is not there.
    case doesNotHold = 1
    case usage = 2
    case badInput = 3
    case storage = 4
    /// As a shell reports a program that was interrupted.
    case interrupted = 130

    /// Of simulations: too little was exercised to say that anything holds.
    static let tooLittle = ExitCode.usage
    /// Of simulations: two runs of one seed differ.
    static let notDeterministic = ExitCode.storage
}

/// Why a command did not do its work, in words for the one who called it.
struct CommandError: Error, CustomStringConvertible {
    let code: ExitCode
    /// What, where, and what to do.
    let description: String

    static func usage(_ description: String) -> CommandError { CommandError(code: .usage, description: description) }
    static func badInput(_ description: String) -> CommandError { CommandError(code: .badInput, description: description) }
    static func doesNotHold(_ description: String) -> CommandError {
        CommandError(code: .doesNotHold, description: description)
    }
}

/// Whoever read our output has stopped reading: nothing is wrong, and nothing is left to do.
struct BrokenPipe: Error {}

/// The person at the terminal pressed Ctrl-C, or the system asked us to end.
struct Interrupted: Error {}
