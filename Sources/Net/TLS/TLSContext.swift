internal import COpenSSL
internal import Synchronization

/// What the TLS connections of one configuration have in common, for both roles. The credential can be replaced while it
/// serves: handshakes that begin later show the new one, open connections stay.
public final class TLSContext: Sendable {
    let configuration: TLSConfiguration
    private let library: Mutex<LibraryContext>

    public init(_ configuration: TLSConfiguration) throws(CertificateError) {
        self.configuration = configuration
        library = Mutex(try LibraryContext(configuration, credential: configuration.credential))
    }

    /// Shows another certificate from now on. May be called on any thread.
    ///
    /// - Throws: `.keyMismatch`; the old credential then stays.
    public func replace(_ credential: TLSConfiguration.Credential) throws(CertificateError) {
        let renewed = try LibraryContext(configuration, credential: credential)
        library.withLock { $0 = renewed }
    }

    /// A fresh `SSL` with a reference of its own to the library's context.
    func makeSSL() -> OpaquePointer? {
        library.withLock { $0.makeSSL() }
    }
}

/// OpenSSL's context.
///
/// `@unchecked Sendable`: nothing changes the context after `init`, and OpenSSL counts references atomically; no lock is needed.
private final class LibraryContext: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ configuration: TLSConfiguration, credential: TLSConfiguration.Credential?) throws(CertificateError) {
        pointer = try made { SSL_CTX_new(TLS_method()) }
        guard atoll_set_protocol_range(pointer, TLS1_3_VERSION, TLS1_3_VERSION) == 1 else {
            throw .library(LibraryError.take().text)
        }
        atoll_set_mode(pointer)
        atoll_send_no_other_chain(pointer)
        atoll_disable_resumption(pointer)
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set_cert_verify_callback(pointer, verifyPeer, nil)
        SSL_CTX_set_client_hello_cb(pointer, demandProtocols, nil)
        SSL_CTX_set_alpn_select_cb(pointer, selectProtocol, nil)
        let offer = configuration.protocols.flatMap { [UInt8($0.name.utf8.count)] + Array($0.name.utf8) }
        // Unlike its neighbours, this call says 0 when it is done.
        guard SSL_CTX_set_alpn_protos(pointer, offer, UInt32(offer.count)) == 0 else {
            throw .library(LibraryError.take().text)
        }
        if let credential { try use(credential) }
    }

    deinit { SSL_CTX_free(pointer) }

    private func use(_ credential: TLSConfiguration.Credential) throws(CertificateError) {
        try done { SSL_CTX_use_certificate(pointer, credential.certificate.pointer) }
        guard SSL_CTX_use_PrivateKey(pointer, credential.key.pointer) == 1, SSL_CTX_check_private_key(pointer) == 1 else {
            ERR_clear_error()
            throw .keyMismatch
        }
        if let authority = credential.authority {
            guard atoll_add_chain_certificate(pointer, authority.pointer) == 1 else {
                throw .library(LibraryError.take().text)
            }
        }
    }

    func makeSSL() -> OpaquePointer? { SSL_new(pointer) }
}
