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
    /// Both ends are told that it is over. What they still send is read and dropped until they end, too: a socket that is closed
    /// over unread bytes sends RST in place of FIN, and the other end loses what has arrived.
    private var isFinishing = false
    /// The client is gone, and the server has not been told: what it sends is read and dropped.
    private var isStranded = false

    /// The most bytes that wait in one direction before its source has to.
    private static let limit = 256 << 10

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    func polled(_ faults: Faults) -> [pollfd] {
        // Who is held back is not even heard to hang up.
        let (holdsClient, holdsServer) = (faults.toServer.holds && !isFinishing, faults.toClient.holds && !isFinishing)
        return [
            pollfd(fd: clientEnded || holdsClient ? -1 : client, events: events(reads(into: toServer)), revents: 0),
            pollfd(fd: serverEnded || holdsServer ? -1 : server, events: events(reads(into: toClient)), revents: 0),
        ]
    }

    private func reads(into lane: Lane) -> Bool { isFinishing || isStranded || lane.waitingCount < Self.limit }

    private func events(_ reads: Bool) -> Int16 { reads ? Int16(POLLIN) : 0 }

    /// When there is something to do though nothing happens at the sockets.
    func nextTime(_ faults: Faults) -> Int64? {
        guard isThere else { return nil }
        let times = [faults.toServer.holds ? nil : toServer.nextTime, faults.toClient.holds ? nil : toClient.nextTime]
        return times.compactMap(\.self).min()
    }

    func turn(_ client: pollfd, _ server: pollfd, at now: Int64, _ faults: Faults) {
        let readable = Int16(POLLIN | POLLHUP | POLLERR)
        guard !isFinishing else {
            if !clientEnded, client.revents & readable != 0 { drain(self.client, &clientEnded) }
            if !serverEnded, server.revents & readable != 0 { drain(self.server, &serverEnded) }
            if clientEnded, serverEnded { closeAll() }
            return
        }
        guard !isStranded else {
            if !serverEnded, server.revents & readable != 0 { drain(self.server, &serverEnded) }
            if serverEnded { closeAll() }
            return
        }
        if !clientEnded, client.revents & readable != 0 {
            read(self.client, &toServer, &clientEnded, at: now, faults.toServer)
        }
        if isThere, !serverEnded, server.revents & readable != 0 {
            read(self.server, &toClient, &serverEnded, at: now, faults.toClient)
        }
        if isThere { write(self.server, &toServer, clientEnded, &toldServer, at: now, faults.toServer) }
        if isThere { write(self.client, &toClient, serverEnded, &toldClient, at: now, faults.toClient) }
        if toldServer, toldClient { close(.finish) }
    }

    private func read(
        _ source: Int32, _ lane: inout Lane, _ hasEnded: inout Bool, at now: Int64, _ faults: LaneFaults
    ) {
        guard !faults.holds, lane.waitingCount < Self.limit else { return }
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
        guard !faults.holds else { return }
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

    private var isThere: Bool { !isClosed && !isFinishing && !isStranded }

    /// Those that are not closed yet.
    private var sockets: [Int32] { isClosed ? [] : isStranded ? [server] : [client, server] }

    /// Resets the client's end alone.
    func strand() {
        guard isThere else { return }
        Self.reset(client)
        Glibc.close(client)
        (isStranded, clientEnded) = (true, true)
    }

    private func drain(_ source: Int32, _ hasEnded: inout Bool) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(source, &buffer, buffer.count, 0)
        hasEnded = count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
    }

    func close(_ cut: LaneFaults.Cut) {
        guard !isClosed else { return }
        switch cut {
        case .finish:
            guard !isFinishing else { return }
            isFinishing = true
            for descriptor in sockets { shutdown(descriptor, Int32(SHUT_WR)) }
            if clientEnded, serverEnded { closeAll() }
        case .reset:
            for descriptor in sockets { Self.reset(descriptor) }
            closeAll()
        }
    }

    /// Closing a socket that does not linger at all sends RST.
    private static func reset(_ descriptor: Int32) {
        var none = Glibc.linger(l_onoff: 1, l_linger: 0)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    private func closeAll() {
        for descriptor in sockets { Glibc.close(descriptor) }
        isClosed = true
    }
}
