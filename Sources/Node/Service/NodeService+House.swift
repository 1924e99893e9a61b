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
        if hasChanged { upkeep.noteNews() }
        (isMaintaining, hasChanged) = (true, false)
        let (upkeep, clock, isIdle) = (upkeep, clock, owner.waitingCount == 0)
        let acknowledged = hub.acknowledged(by: membership.members.map(\.number), in: markedScopes) { history[$0]?.held }
        guard upkeep.isDue(acknowledged: acknowledged, at: clock.milliseconds) else {
            isMaintaining = false
            return
        }
        ask({ directory in
            var upkeep = upkeep
            let outcome = try upkeep.turn(
                of: directory.replica, acknowledged: acknowledged, isIdle: isIdle, at: clock.milliseconds)
            return (upkeep, outcome)
        }) { [self] result in
            isMaintaining = false
            note(result.map { $0.1 })
            if case .success((let upkeep, _)) = result { self.upkeep = upkeep }
        }
    }

    /// The replica goes on under another incarnation.
    func note(incarnation: Identity) {
        (identity, hub.origin) = (incarnation, incarnation.origin)
        log.log(.warning, "new_incarnation", ["origin": String(incarnation.origin.rawValue, radix: 16)])
    }

    private func note(_ outcome: Result<ReplicaUpkeep.Outcome, any Error>) {
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
        }
    }
}
