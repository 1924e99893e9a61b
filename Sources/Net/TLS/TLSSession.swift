internal import COpenSSL

/// One connection's TLS. Used on the loop's thread alone.
///
/// The loop shows it what it has received (`input`) and calls `handshake` or `read` until they ask for more; by then all of the
/// input is used up, so that no bytes wait anywhere but in the socket.
final class TLSSession {
    enum Role {
        case client, server
    }

    /// How a step ended.
    enum Step {
        case done(Int)
        case needsInput
        /// The socket takes no more for now.
        case needsRoom
        /// The peer said goodbye.
        case ended
        case failed(CloseReason)
    }

    let context: TLSContext
    let descriptor: Int32
    let expectation: PeerExpectation?
    /// Whom the certificate names, as soon as it is checked.
    var peer: PeerIdentity?
    /// What was received and OpenSSL has not taken yet.
    var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Why the socket took no bytes, for good.
    var writeError: Int32?
    private let ssl: OpaquePointer
    private let role: Role
    /// What a callback found wrong in the handshake; OpenSSL itself knows less.
    private var refusal: CloseReason?

    /// - Returns: nil for want of memory.
    init?(_ context: TLSContext, as role: Role, on descriptor: Int32, expecting expectation: PeerExpectation?) {
        guard let method = socketBIOMethod, let ssl = context.makeSSL() else { return nil }
        guard let bio = BIO_new(method) else {
            SSL_free(ssl)
            return nil
        }
        self.context = context
        self.descriptor = descriptor
        self.expectation = expectation
        self.ssl = ssl
        self.role = role
        // Unretained: the `SSL` and its BIO are freed with this session.
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        BIO_set_data(bio, pointer)
        BIO_set_init(bio, 1)
        SSL_set_bio(ssl, bio, bio)
        guard SSL_set_ex_data(ssl, 0, pointer) == 1 else { return nil }
        switch role {
        case .client: SSL_set_connect_state(ssl)
        case .server: SSL_set_accept_state(ssl)
        }
    }

    deinit { SSL_free(ssl) }

    /// The application protocol that both sides agreed on.
    var applicationProtocol: String {
        var bytes: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &bytes, &length)
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
    }

    func handshake() -> Step {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        guard result == 1 else { return step(after: result) }
        // A server that does not know what ALPN is goes on without an answer.
        guard !applicationProtocol.isEmpty else { return .failed(mismatch) }
        return .done(0)
    }

    /// - Returns: `.done` with how many bytes of plain text are in the buffer.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
        ERR_clear_error()
        let result = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        return result > 0 ? .done(Int(result)) : step(after: result)
    }

    /// - Returns: `.done` with how many bytes are on their way. After `.needsRoom` the same bytes must come first again.
    func write(_ bytes: UnsafeRawBufferPointer) -> Step {
        ERR_clear_error()
        let result = SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
        return result > 0 ? .done(Int(result)) : step(after: result)
    }

    /// Says goodbye, if the socket takes it.
    func sayGoodbye() {
        ERR_clear_error()
        _ = SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// Notes why a callback is about to end the handshake.
    func refuse(_ reason: CloseReason) { refusal = reason }

    func refuseProtocols() { refusal = mismatch }

    private var mismatch: CloseReason { .protocolMismatch(ours: context.configuration.protocols.map(\.name)) }

    private func step(after result: Int32) -> Step {
        let outcome = SSL_get_error(ssl, result)
        switch outcome {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_WANT_WRITE: return .needsRoom
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: break
        }
        let error = LibraryError.take()
        if let refusal { return .failed(refusal) }
        if outcome == SSL_ERROR_SYSCALL, let writeError { return .failed(CloseReason(socketError: writeError)) }
        return .failed(TLSFailure(error).reason(protocols: context.configuration.protocols.map(\.name)))
    }
}
