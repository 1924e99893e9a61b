internal import Net
internal import Sync

/// A machine's side of enrolment: one connection, one request, one reply. It blocks its thread, which runs a loop of its own
/// meanwhile: enrolment happens once in a machine's life, and renewal every other month.
enum EnrolmentClient {
    /// How often a registrar is asked for at the next place.
    private static let placeLimit = 4

    struct Granted {
        /// Not checked yet.
        let grant: EnrolmentGrant
        let registrar: RegistrarPlace
    }

    /// Asks where the registrar was last known to be, and if its office was handed over, where that member says that it is now.
    ///
    /// - Parameters:
    ///   - configuration: of TLS, with one protocol.
    ///   - timeoutMilliseconds: for all that is done at one place.
    static func ask(
        _ request: EnrolmentRequest, at registrar: RegistrarPlace, _ configuration: TLSConfiguration,
        timeoutMilliseconds: Int64
    ) throws -> Granted {
        var place = registrar
        for _ in 1..<placeLimit {
            do {
                let grant = try ask(request, there: place, configuration, timeoutMilliseconds: timeoutMilliseconds)
                return Granted(grant: grant, registrar: place)
            } catch EnrolmentError.refused(.elsewhere(let member, let address?)) {
                place = RegistrarPlace(address, member: member)
            }
        }
        let grant = try ask(request, there: place, configuration, timeoutMilliseconds: timeoutMilliseconds)
        return Granted(grant: grant, registrar: place)
    }

    private static func ask(
        _ request: EnrolmentRequest, there place: RegistrarPlace, _ configuration: TLSConfiguration,
        timeoutMilliseconds: Int64
    ) throws -> EnrolmentGrant {
        let address = place.address
        var options = EventLoopOptions()
        options.connectTimeoutMilliseconds = timeoutMilliseconds
        options.answerTimeoutMilliseconds = timeoutMilliseconds
        // The reply is here, or will not come: nobody has to hear our last words.
        options.lingerMilliseconds = 0
        let context = try made { () throws(CertificateError) in try TLSContext(configuration) }
        let loop = try EventLoop(options)
        let call = Call(loop, EnrolmentFrame.encode(request.body), at: address, now: configuration.clock())
        let security = Security.tls(context, expecting: PeerExpectation(member: place.member))
        _ = loop.connect(to: .host(address.host, port: address.port), security)
        loop.after(milliseconds: timeoutMilliseconds) { call.expire() }
        try loop.run(call)
        switch try EnrolmentReply(body: try call.result.get()) {
        case .granted(let grant): return grant
        case .refused(let refusal): throw EnrolmentError.refused(refusal)
        }
    }

    /// What happens on the loop, on its thread.
    private final class Call: EventLoopDelegate {
        private let loop: EventLoop
        private let request: [UInt8]
        private let address: NodeAddress
        private let now: Int64
        private var frame = EnrolmentFrame()
        private var isAsked = false
        /// A reply's body.
        private(set) var result: Result<[UInt8], EnrolmentError>
        private var isDone = false

        init(_ loop: EventLoop, _ request: [UInt8], at address: NodeAddress, now: Int64) {
            self.loop = loop
            self.request = request
            self.address = address
            self.now = now
            result = .failure(.unreachable(address, .stopped))
        }

        func expire() { end(.failure(reason(.timedOut(.acknowledgement)))) }

        func opened(_ connection: ConnectionID, _: Opening) {
            isAsked = true
            loop.send(request, on: connection)
        }

        func received(_ bytes: RawSpan, on _: ConnectionID) {
            guard !isDone else { return }
            do throws(EnrolmentError) {
                if let body = try frame.take(bytes) { end(.success(body)) }
            } catch {
                end(.failure(error))
            }
        }

        func drained(_: ConnectionID) {}

        func closed(_: ConnectionID, _ reason: CloseReason) { end(.failure(self.reason(reason))) }

        func failed(_: AttemptID, _ reason: CloseReason) { end(.failure(self.reason(reason))) }

        func refused(_: SocketAddress, at _: ListenerID, _: CloseReason) {}

        func changed(_: ListenerCondition, of _: ListenerID) {}

        private func end(_ result: Result<[UInt8], EnrolmentError>) {
            guard !isDone else { return }
            isDone = true
            self.result = result
            loop.stop(flushMilliseconds: 0)
        }

        private func reason(_ reason: CloseReason) -> EnrolmentError {
            EnrolmentError(reason, at: address, afterAsking: isAsked, now: now)
        }
    }
}

extension EnrolmentError {
    /// What the end of a connection means to the one who wanted to be enrolled over it.
    ///
    /// - Parameter now: by which the certificates were checked.
    init(_ reason: CloseReason, at address: NodeAddress, afterAsking: Bool, now: Int64) {
        self =
            switch reason {
            case .certificateUnknownAuthority(.theirs, _): .otherAuthority(address)
            case .certificateNotYetValid(.theirs, let notBefore, _):
                // It is back-dated, so HQ's clock is at least there.
                .clocks(headquarters: notBefore, here: now)
            case .certificateExpired(.theirs, let notAfter, _): .headquartersExpired(address, notAfter: notAfter, here: now)
            case .certificateExpired(.ours, _, _), .certificateNotYetValid(.ours, _, _),
                .certificateUnknownAuthority(.ours, _), .certificateMissing(.ours), .certificateNotAtoll(.ours, _):
                .certificateRefused(address, reason)
            case .notTLS, .tlsVersion, .protocolMismatch, .certificateNotAtoll(.theirs, _), .unexpectedPeer,
                .certificateMissing(.theirs):
                .otherProtocol(address, reason)
            default: afterAsking ? .replyLost(address, reason) : .unreachable(address, reason)
            }
    }
}
