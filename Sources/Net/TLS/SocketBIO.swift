internal import COpenSSL
internal import Glibc

// A BIO between OpenSSL and a session: it reads what the loop has already received, and writes to the socket. So a connection
// that is idle holds no buffer, a turn costs one `recv`, and a write to a dead peer raises no signal.

/// How OpenSSL calls a session. Made once; nil only for want of memory.
///
/// Unchecked: the pointer never changes, and nothing changes what it points to.
nonisolated(unsafe) let socketBIOMethod: OpaquePointer? = {
    guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "atoll socket") else { return nil }
    BIO_meth_set_read(method, readReceived)
    BIO_meth_set_write(method, writeToSocket)
    BIO_meth_set_ctrl(method, control)
    return method
}()

private func session(of bio: OpaquePointer?) -> TLSSession? {
    BIO_get_data(bio).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
}

private func readReceived(_ bio: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int32) -> Int32 {
    guard let bio, let session = session(of: bio), let buffer, capacity > 0 else { return -1 }
    atoll_bio_clear_retry(bio)
    let count = min(Int(capacity), session.input.count)
    guard count > 0, let start = session.input.baseAddress else {
        atoll_bio_retry_read(bio)
        return -1
    }
    memcpy(buffer, start, count)
    session.input = UnsafeRawBufferPointer(rebasing: session.input[count...])
    return Int32(count)
}

private func writeToSocket(_ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int32) -> Int32 {
    guard let bio, let session = session(of: bio), count >= 0 else { return -1 }
    atoll_bio_clear_retry(bio)
    let sent = uninterrupted { send(session.descriptor, bytes, Int(count), Int32(MSG_NOSIGNAL)) }
    if sent >= 0 { return Int32(sent) }
    let code = errno
    if SocketError.isWait(code) { atoll_bio_retry_write(bio) } else { session.writeError = code }
    return -1
}

private func control(_: OpaquePointer?, _ command: Int32, _: Int, _: UnsafeMutableRawPointer?) -> Int {
    // Nothing is buffered here, so that a flush is done at once; other wishes are not granted.
    command == BIO_CTRL_FLUSH ? 1 : 0
}
