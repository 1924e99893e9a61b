internal import Net
internal import Replica
internal import Sync

/// How the next certificate is being got. On the loop's thread.
struct RenewalState {
    var isUnderWay = false
    /// When it is asked for again after a failure, by the monotonic clock.
    var nextAttempt: Int64 = .min
    /// Minutes, and not seconds: a month is left when the first attempt is made.
    var backOff = BackOff(shortestMilliseconds: 60_000, longestMilliseconds: 3_600_000)
    /// Why the last attempt failed; nil once one has succeeded.
    var failure: String?
    /// The log has told that the certificate does not hold now.
    var hasToldInvalidity = false
}

/// The next certificate, before the one that is shown ends: without a person, and without ending a session.
extension NodeService {
    /// Asks for the next certificate if it is time. To be called now and then.
    func renewIfDue() {
        guard !renewal.isUnderWay, !isStopping, let validity = try? keys.certificate.validity else { return }
        let (wall, isRegistrar) = (clock.milliseconds, identity.member == registrar)
        noteValidity(validity, at: wall)
        if wall > validity.upperBound, !isRegistrar { return takeReplacement(of: validity) }
        // HQ answers to nobody: it mends its certificate also after that has ended, or if a clock that ran ahead has made it.
        guard Renewal.isDue(validity, at: wall) || (isRegistrar && wall < validity.lowerBound) else { return }
        guard monotonicMilliseconds() >= renewal.nextAttempt else { return }
        renewal.isUnderWay = true
        if isRegistrar { renewOwn() } else { renewAtHeadquarters() }
    }

    /// Who gives certificates.
    private var registrar: UInt32 { membership.access.office.holder }

    /// A session with HQ has opened: whatever kept it from being asked may be over.
    func renewAtNextTurn() { renewal.nextAttempt = .min }

    /// A member's certificate that has ended proves nothing to HQ, so that it cannot be renewed. But a person may have joined
    /// the machine anew meanwhile, with a token (`Joining`): then another one lies in the directory.
    private func takeReplacement(of validity: ClosedRange<Int64>) {
        guard let found = try? NodeKeys.read(in: directory), let fresh = try? found.certificate.validity,
            fresh.upperBound > validity.upperBound
        else { return }
        take(.success(found))
    }

    private func renewOwn() {
        let clock = clock
        ask({ try Registrar($0).renewOwnCertificate(at: clock.milliseconds) }) { [self] in take($0) }
    }

    private func renewAtHeadquarters() {
        let addresses = headquartersAddresses
        guard !addresses.isEmpty else { return take(.failure(RenewalError.noAddress(registrar: registrar))) }
        let (clock, loop) = (clock, loop)
        Renewal.start(
            in: directory, at: addresses, of: registrar, address: configuration.address, clock: { clock.milliseconds }
        ) { result in
            loop.submit { [self] in take(result) }
        }
    }

    /// Where HQ may be asked, one after another: where this node dials it, where its record says that it is, and where this
    /// node dials somebody who may be HQ.
    private var headquartersAddresses: [NodeAddress] {
        let dialled = configuration.peers.filter { $0.member == registrar }.map(\.address)
        let told = membership[registrar]?.address
        let unnamed = configuration.peers.filter { $0.member == nil }.map(\.address)
        return (dialled + (told.map { [$0] } ?? []) + unnamed).reduce(into: []) { all, address in
            if !all.contains(address) { all.append(address) }
        }
    }

    /// Handshakes that begin from now on show the new certificate; sessions that are open stay.
    private func take(_ renewed: Result<NodeKeys, any Error>) {
        renewal.isUnderWay = false
        do {
            let fresh = try renewed.get()
            try server.replace(fresh.credential(sendsAuthority: true))
            try client.replace(fresh.credential(sendsAuthority: false))
            keys = fresh
            renewal.backOff.succeed()
            renewal.failure = nil
            dialNow()
            log.log(.info, "certificate_renewed", ["until": Timestamp.text(try fresh.certificate.validity.upperBound)])
        } catch {
            renewal.failure = "\(error)"
            renewal.nextAttempt = monotonicMilliseconds() + renewal.backOff.fail(&random)
            log.logOnce(.warning, "cannot_renew", about: "certificate", ["reason": "\(error)"])
        }
    }

    /// Says once, and not each hour, that nobody will talk to this node.
    private func noteValidity(_ validity: ClosedRange<Int64>, at wall: Int64) {
        guard !validity.contains(wall) else { return renewal.hasToldInvalidity = false }
        guard !renewal.hasToldInvalidity else { return }
        renewal.hasToldInvalidity = true
        log.log(
            .error, wall > validity.upperBound ? "certificate_expired" : "certificate_not_yet_valid",
            [
                "from": Timestamp.text(validity.lowerBound), "until": Timestamp.text(validity.upperBound),
                "now": Timestamp.text(wall), "effect": "work goes on here, but nobody syncs with this node",
            ])
    }
}

/// Why the next certificate is not even asked for.
enum RenewalError: Error, CustomStringConvertible {
    case noAddress(registrar: UInt32)

    var description: String {
        switch self {
        case .noAddress(let registrar):
            "no address of HQ is known here. Name it in node.json: {\"address\": \"HOST:PORT\", \"member\": \(registrar)} among "
                + "the peers."
        }
    }
}
