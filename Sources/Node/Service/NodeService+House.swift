internal import CRDT
internal import Net
internal import Replica
internal import Sync

/// What is due every few seconds.
extension NodeService {
    static let housekeepingMilliseconds: Int64 = 5_000
    /// A disk that is full for the fourth time within an hour is no news.
    private static let toldOften = 3

    func keepHouse() {
        guard !isStopping else { return }
        noteHeld()
        signCheckpoints()
        renewIfDue()
        lookAfterDisk()
        maintain()
        loop.after(milliseconds: Self.housekeepingMilliseconds) { [self] in keepHouse() }
    }

    /// Says that the disk is full, and tries whether it has room again: nobody may come and sell.
    private func lookAfterDisk() {
        let trouble = owner.diskTrouble
        if let trouble, !isDiskFull {
            log.logOnce(.error, "disk_full", about: "disk", allowance: Self.toldOften, ["reason": "\(trouble.error)"])
        } else if trouble == nil, isDiskFull {
            log.logOnce(.info, "disk_has_room", about: "disk", allowance: Self.toldOften)
        }
        isDiskFull = trouble != nil
        if isDiskFull { owner.proveDisk { _ in } }
    }

    private func maintain() {
        guard !isMaintaining else { return }
        isMaintaining = true
        let (maintenance, clock) = (maintenance, clock)
        let (acknowledged, isIdle) = (acknowledgedByAll(in: markedScopes), owner.waitingCount == 0)
        ask({ directory in
            try maintenance.turn(directory, acknowledged: acknowledged, isIdle: isIdle, at: clock.milliseconds)
        }) { [self] outcome in
            isMaintaining = false
            note(outcome)
        }
    }

    private func note(_ outcome: Result<NodeMaintenance.Outcome, any Error>) {
        switch outcome {
        case .failure(let error): log.logOnce(.error, "maintenance_failed", about: "maintenance", ["reason": "\(error)"])
        case .success(let outcome):
            markedScopes = outcome.markedScopes
            if outcome.damagedRows > 0 {
                log.log(.error, "damaged_rows", ["rows": String(outcome.damagedRows), "of": String(outcome.verifiedRows)])
            }
            note(ailing: outcome.ailing)
            if let records = outcome.contestedRecords { contested = (records, clock.milliseconds) }
            if outcome.recountedShares > 0 {
                log.log(.info, "recounted", ["shares": String(outcome.recountedShares)])
            }
            guard let incarnation = outcome.incarnation else { return }
            (identity, hub.origin) = (incarnation, incarnation.origin)
            log.log(.warning, "new_incarnation", ["origin": String(incarnation.origin.rawValue, radix: 16)])
        }
    }

    /// At the registrar: what every other live member that holds a scope has told to hold of it durably. Scopes of which
    /// somebody has not told since the node started are left out: who is away keeps marks from being dropped.
    private func acknowledgedByAll(in scopes: [Scope]) -> [Scope: [VersionVector]] {
        guard identity.member == membership.office.holder else { return [:] }
        let access = membership.access
        var acknowledged: [Scope: [VersionVector]] = [:]
        for scope in scopes {
            let holders = membership.members.filter { member in
                guard member.number != identity.member, !access[member.number].isRevoked else { return false }
                let interest =
                    hub.peers[member.number].flatMap { hub[$0]?.hello?.interest }
                    ?? access.interest(of: member.number, holding: [])
                return interest.contains(scope)
            }
            let vectors = holders.compactMap { history[$0.number]?.held[scope] }
            if vectors.count == holders.count { acknowledged[scope] = vectors }
        }
        return acknowledged
    }
}
