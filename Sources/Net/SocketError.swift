internal import Glibc

/// The error numbers of sockets that have a meaning of their own here.
enum SocketError {
    static let reset = ECONNRESET
    static let pipe = EPIPE
    static let aborted = ECONNABORTED
    static let timedOut = ETIMEDOUT

    /// Nothing to read, no room to write: not an error, but a reason to wait.
    static func isWait(_ code: Int32) -> Bool { code == EAGAIN || code == EWOULDBLOCK }

    /// More descriptors or memory than there are.
    static func isExhaustion(_ code: Int32) -> Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }
}

/// Makes a system call again as long as signals interrupt it.
///
/// - Returns: what the call returned; -1 with `errno`.
@discardableResult
func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}

/// Sockets neither block nor outlive an `exec`.
let newSocketFlags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
let streamSocketFlags = Int32(SOCK_STREAM.rawValue) | newSocketFlags
