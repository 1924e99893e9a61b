import Glibc

/// One connection through a proxy: two sockets and a lane each way.
final class Link {
    let client: Int32
    let server: Int32
    private var toServer = Lane()
    private var toClient = Lane()
    private var clientEnded = false
    private var serverEnded = false
    private var toldServer = false
    private var toldClient = false
    private(set) var isClosed = false

    /// The most bytes that wait in one direction before its source has to.
    private static let limit = 256 << 10

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    var polled: [pollfd] {
        [
            pollfd(fd: clientEnded ? -1 : client, events: events(toServer.waitingCount < Self.limit), revents: 0),
            pollfd(fd: serverEnded ? -1 : server, events: events(toClient.waitingCount < Self.limit), revents: 0),
        ]
    }

    private func events(_ reads: Bool) -> Int16 { reads ? Int16(POLLIN) : 0 }

    /// When there is something to do though nothing happens at the sockets.
    var nextTime: Int64? { [toServer.nextTime, toClient.nextTime].compactMap(\.self).min() }

    func turn(_ client: pollfd, _ server: pollfd, at now: Int64, _ faults: Faults) {
        let readable = Int16(POLLIN | POLLHUP | POLLERR)
        if !clientEnded, client.revents & readable != 0 {
            read(self.client, &toServer, &clientEnded, at: now, faults.toServer)
        }
        if !isClosed, !serverEnded, server.revents & readable != 0 {
            read(self.server, &toClient, &serverEnded, at: now, faults.toClient)
        }
        if !isClosed { write(self.server, &toServer, clientEnded, &toldServer, at: now, faults.toServer) }
        if !isClosed { write(self.client, &toClient, serverEnded, &toldClient, at: now, faults.toClient) }
        if toldServer, toldClient { close(.finish) }
    }

    private func read(
        _ source: Int32, _ lane: inout Lane, _ hasEnded: inout Bool, at now: Int64, _ faults: LaneFaults
    ) {
        guard lane.waitingCount < Self.limit else { return }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(source, &buffer, buffer.count, 0)
        if count > 0 { return lane.put(Array(buffer[..<count]), at: now, faults) }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        hasEnded = true
        if count < 0, !faults.swallows { close(.reset) }
    }

    private func write(
        _ sink: Int32, _ lane: inout Lane, _ hasEnded: Bool, _ isTold: inout Bool, at now: Int64, _ faults: LaneFaults
    ) {
        while true {
            let bytes = lane.ready(at: now, faults)
            guard !bytes.isEmpty else { break }
            let count = bytes.withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else {
                if errno != EAGAIN, errno != EINTR { close(.reset) }
                return
            }
            lane.remove(count, at: now, faults)
        }
        guard lane.isEmpty else { return }
        if lane.isCutDue, let cut = faults.cut { return close(cut) }
        if hasEnded, !isTold, !faults.swallows {
            isTold = true
            shutdown(sink, Int32(SHUT_WR))
        }
    }

    func close(_ cut: LaneFaults.Cut) {
        guard !isClosed else { return }
        isClosed = true
        for descriptor in [client, server] {
            if cut == .reset {
                // Closing a socket that does not linger at all sends RST.
                var none = Glibc.linger(l_onoff: 1, l_linger: 0)
                _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<Glibc.linger>.size))
            }
            Glibc.close(descriptor)
        }
    }
}
