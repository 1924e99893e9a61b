internal import COpenSSL
internal import Glibc

// OpenSSL calls these on the loop's thread, in the middle of a handshake. They find the session by the pointer that it left
// with its `SSL`; the session outlives that.

private func session(of ssl: OpaquePointer?) -> TLSSession? {
    SSL_get_ex_data(ssl, 0).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
}

/// Refuses clients that offer no application protocol at all: `selectProtocol` is not asked about those.
func demandProtocols(
    _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _: UnsafeMutableRawPointer?
) -> Int32 {
    var bytes: UnsafePointer<UInt8>?
    var length = 0
    let kind = UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation)
    if SSL_client_hello_get0_ext(ssl, kind, &bytes, &length) == 1 { return SSL_CLIENT_HELLO_SUCCESS }
    session(of: ssl)?.refuseProtocols()
    alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
    return SSL_CLIENT_HELLO_ERROR
}

/// Takes the first protocol of ours that the client offers, and demands a certificate if that protocol does.
func selectProtocol(
    _ ssl: OpaquePointer?, _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ outLength: UnsafeMutablePointer<UInt8>?,
    _ offer: UnsafePointer<UInt8>?, _ offerLength: UInt32, _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let session = session(of: ssl) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let offer = UnsafeBufferPointer(start: offer, count: Int(offerLength))
    for ours in session.context.configuration.protocols {
        guard let place = offeredNames(offer).first(where: { offer[$0].elementsEqual(ours.name.utf8) }) else { continue }
        out?.pointee = offer.baseAddress.map { $0 + place.lowerBound }
        outLength?.pointee = UInt8(place.count)
        let mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        SSL_set_verify(ssl, ours.demandsCertificate ? mode : SSL_VERIFY_NONE, nil)
        return SSL_TLSEXT_ERR_OK
    }
    session.refuseProtocols()
    return SSL_TLSEXT_ERR_ALERT_FATAL
}

/// Where the names of an offer stand; each has its length before it, and the whole was checked by OpenSSL.
private func offeredNames(_ offer: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var position = 0
    while position < offer.count {
        let end = position + 1 + Int(offer[position])
        guard end <= offer.count else { break }
        places.append((position + 1)..<end)
        position = end
    }
    return places
}

/// Checks what the peer showed, instead of OpenSSL's own check, which knows neither identities nor pins nor our clock.
func verifyPeer(_ store: OpaquePointer?, _: UnsafeMutableRawPointer?) -> Int32 {
    let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()).map(OpaquePointer.init)
    guard let store, let session = session(of: ssl) else { return 0 }
    let error = session.verify(store)
    X509_STORE_CTX_set_error(store, error)
    return error == X509_V_OK ? 1 : 0
}
