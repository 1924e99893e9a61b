internal import COpenSSL

/// What OpenSSL has to say about the last call on this thread that failed.
struct LibraryError {
    let code: UInt

    /// Takes the newest error and empties the thread's queue, so that a later call is not blamed for it.
    static func take() -> LibraryError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return LibraryError(code: code)
    }

    /// The library's number for the reason (`SSL_R_...` and the like).
    var reason: Int32 { ERR_GET_REASON(code) }

    /// Whether the reason is one of the TLS library's, since numbers mean different things in different libraries.
    var isTLS: Bool { ERR_GET_LIB(code) == ERR_LIB_SSL }

    var text: String {
        guard code != 0 else { return "no reason given" }
        if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
        return "error \(code)"
    }
}

/// Asks OpenSSL for something that it makes; what it does not make, for want of memory most likely, is an error.
func made<Made>(_ make: () -> Made?) throws(CertificateError) -> Made {
    if let made = make() { return made }
    throw .library(LibraryError.take().text)
}

/// A call of OpenSSL that says 1, or more, if it is done.
func done(_ call: () -> Int32) throws(CertificateError) {
    if call() <= 0 { throw .library(LibraryError.take().text) }
}
