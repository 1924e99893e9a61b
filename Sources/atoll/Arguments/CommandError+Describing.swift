import CRDT
import Node
import Replica
import Retail
import Simulation

extension CommandError {
    /// What any error means for the one who called a command.
    init(describing error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as LogError: self = .badInput("\(error)")
        case let error as FileError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as NodeError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as StorageError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as ExchangeError:
            let cause = CommandError(describing: error.cause)
            let place = error.source == error.sink ? "at \(error.source)" : "from \(error.source) to \(error.sink)"
            self = CommandError(
                code: cause.code,
                description: "the exchange ended \(place): \(cause.description)\n"
                    + "What was brought before is kept; run it again when the trouble is mended.")
        case let error as any RefusedInput: self = CommandError(code: .storage, description: error.refusal)
        case let error as CodecError:
            self = CommandError(
                code: .storage, description: "stored bytes do not say what was written (\(error)). Restore a backup.")
        default: self = CommandError(code: .storage, description: "\(error)")
        }
    }
}

extension FileError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .missing, .notADirectory, .isDirectory: .badInput
        case .notPermitted, .readOnly, .diskFull, .tooManyOpen, .system: .storage
        }
    }
}

extension NodeError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .notAReplica, .notAChain, .notEmpty, .newerVersion, .mismatched, .unknownMember, .tooManyMembers: .badInput
        case .locked, .damaged, .behindHighWater, .stopped, .mailboxFull: .storage
        }
    }
}

extension StorageError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .notAReplica, .newerVersion, .alreadyExists, .missing: .badInput
        case .sqlite, .diskFull, .readOnly, .busy, .damaged: .storage
        }
    }
}
