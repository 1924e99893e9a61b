import CRDT
import Node
import Replica
import Retail
import Simulation
import Sync

extension CommandError {
    /// What any error means for the one who called a command.
    init(describing error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as LogError: self = .badInput("\(error)")
        case let error as FileError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as NodeError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as IdentityError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as RegistrarError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as OfficeError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as TokenError: self = .badInput("\(error)")
        case let error as EnrolmentError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as ControlError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as StorageError: self = CommandError(code: error.exitCode, description: "\(error)")
        case let error as ExchangeError:
            let cause = CommandError(describing: error.cause)
            let place = error.source == error.sink ? "at \(error.source)" : "from \(error.source) to \(error.sink)"
            self = CommandError(
                code: cause.code,
                description: "the exchange ended \(place): \(cause.description)\n"
                    + "What was brought before is kept; run it again when the trouble is mended.")
        case let error as LocatedError:
            let cause = CommandError(describing: error.cause)
            self = CommandError(code: cause.code, description: "\(error.place): \(cause.description)")
        case let error as DeltaFileError: self = .badInput(error.refusal)
        case let error as any RefusedInput: self = CommandError(code: .storage, description: error.refusal)
        case let error as any Refusal: self = .usage("\(error.problem)")
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
        case .notAReplica, .notAChain, .notEmpty, .occupied, .newerVersion, .mismatched, .unknownMember, .unusableBackup,
            .wrongSetting:
            .badInput
        case .tooManyMembers, .lostReplica, .locked, .damaged, .behindHighWater, .stopped, .mailboxFull, .diskFull: .storage
        }
    }
}

extension IdentityError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .notANode, .notHeadquarters: .badInput
        case .unusable, .notMade: .storage
        }
    }
}

extension RegistrarError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .invalidName, .noAddress: .usage
        case .isMember, .unknownMember, .headquarters, .notAStore: .badInput
        case .alreadyRevoked, .notRevoked, .alreadyFenced, .notFenced, .fenceOpen, .rightsMinted, .chainIsFull: .doesNotHold
        }
    }
}

extension OfficeError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .unfit, .notABundle, .newerBundle, .sealedForAnother, .otherChain, .otherAuthority: .badInput
        case .heldElsewhere, .holderUnknown, .notTakenIn, .staleBundle, .notGranted, .tooManyTerms: .doesNotHold
        }
    }
}

extension EnrolmentError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .refused, .otherAuthority, .otherProtocol, .certificateRefused, .malformed, .inconsistent: .badInput
        case .unreachable, .clocks, .headquartersExpired, .replyLost: .doesNotHold
        }
    }
}

extension ControlError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .notARequest, .unknownMethod: .badInput
        case .noNode: .doesNotHold
        case .refused(let refusal): refusal.code.flatMap(ExitCode.init) ?? .storage
        case .noAnswer: .storage
        }
    }
}

extension StorageError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .notAReplica, .newerVersion, .olderVersion, .alreadyExists, .missing: .badInput
        case .sqlite, .diskFull, .undone, .undecided, .readOnly, .busy, .damaged, .damagedTable: .storage
        }
    }
}

/// Where an error came up that does not know it itself.
struct LocatedError: Error {
    let place: String
    let cause: any Error
}

/// Adds a place to those of a body's errors that name none.
func locating<Result>(_ place: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch StorageError.diskFull(let sql) {
        throw LocatedError(place: place, cause: StorageError.diskFull(sql: sql))
    } catch StorageError.sqlite(let code, let message, let sql) {
        throw LocatedError(place: place, cause: StorageError.sqlite(code: code, message: message, sql: sql))
    } catch let error as any Error & RefusedInput {
        throw LocatedError(place: place, cause: error)
    } catch let error as CodecError {
        throw LocatedError(place: place, cause: error)
    }
}
