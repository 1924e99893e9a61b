import CRDT
import Replica
import Simulation

/// What goes wrong with disks in a schedule, and what must be left afterwards.
extension Schedule {
    /// Runs some steps while power fails, disks fill up or refuse, and single operations fail.
    mutating func run(steps: Int, with trouble: Trouble, syncLies: Bool = false) throws {
        self.syncLies = syncLies
        for _ in 0..<steps {
            let index = Int.random(in: sites.indices, using: &random)
            if chance(trouble.percent) { arm(trouble, at: index) }
            try endure { try $0.step(at: index) }
            milliseconds += Int64.random(in: 0...40, using: &random)
        }
        try endure { schedule in
            for index in schedule.sites.indices { schedule.clear(index) }
            try schedule.converge()
        }
        try converge()
    }

    enum Trouble: CaseIterable {
        case powerLoss, fullDisk, readErrors, anyError, readOnly

        var percent: Int { self == .powerLoss ? 15 : 25 }
    }

    private mutating func arm(_ trouble: Trouble, at index: Int) {
        let disk = sites[index].disk
        switch trouble {
        case .powerLoss:
            disk.arm(DiskFault(.powerLoss, after: Int.random(in: 0..<60, using: &random), of: DiskOperation.changes))
        case .fullDisk: disk.capacityBytes = disk.usedBytes + Int.random(in: 0..<30_000, using: &random)
        case .readErrors:
            let effect: DiskFault.Effect = chance(50) ? .error : .errorsFromThenOn
            disk.arm(DiskFault(effect, after: Int.random(in: 0..<40, using: &random), of: [.read]))
        case .anyError:
            let effect: DiskFault.Effect = chance(50) ? .error : .errorsFromThenOn
            disk.arm(DiskFault(effect, after: Int.random(in: 0..<60, using: &random)))
        case .readOnly: disk.isReadOnly = true
        }
    }

    private mutating func clear(_ index: Int) {
        let disk = sites[index].disk
        disk.disarm()
        disk.capacityBytes = SimulatedDisk.defaultCapacityBytes
        disk.isReadOnly = false
    }

    /// Does something that may fail for want of a working disk. Whatever fails, fails with an error of storage, and leaves what
    /// was durable or all of what was under way; then everybody goes on.
    private mutating func endure(_ body: (inout Schedule) throws -> Void) throws {
        do {
            return try body(&self)
        } catch {
            try excuse(error)
        }
        for _ in 0..<1000 {
            do {
                return try repair()
            } catch {
                try excuse(error)
            }
        }
        throw Violation("a replica does not recover")
    }

    private mutating func excuse(_ error: any Error) throws {
        if let violation = error as? Violation { throw violation }
        try require(error is StorageError, "a disk's failure comes out as \(error)")
        if case StorageError.undecided = error { isUndecided = true }
        failures += 1
    }

    private mutating func repair() throws {
        defer { isUndecided = false }
        for index in sites.indices {
            let site = sites[index]
            let wasRefused = site.disk.isPowered
            if site.disk.isPowered, site.isOpen {
                clear(index)
                // Whoever was told that a commit failed knows; else this one has to keep everything, or say that it cannot.
                let isKnown = !site.possible.isEmpty
                do {
                    site.intend()
                    try site.replica.commit()
                    let isKept = TestSchema.scopes.allSatisfy { site.replica.vector(of: $0).covers(site.vector($0)) }
                    try require(isKept || isKnown, "a commit forgets what was applied")
                } catch is StorageError {
                }
            } else if site.disk.isPowered {
                clear(index)
                try site.reopen()
            } else {
                try powerUp(index)
            }
            try site.settle()
            forgetLost(by: site)
            relayed[index] = RelayModel(of: site.replica)
            try reviewTransfers(of: index)
            for scope in TestSchema.scopes { try check(index, scope) }
            if wasRefused, isUndecided { try supersede(index) }
        }
    }

    /// Commits something: a disk that works again is written to again. Until then, a commit that is undecided may come back
    /// after a crash.
    private mutating func supersede(_ index: Int) throws {
        let before = sites[index].vectors
        while sites[index].vectors == before { try writeOnce(at: index) }
        try commit(index)
    }

    /// Restarts on what the power cut left; the power may fail again meanwhile.
    private mutating func powerUp(_ index: Int) throws {
        let survival = Survival.allCases.randomElement(using: &random) ?? .nothing
        let image = sites[index].disk.powerCut(keeping: survival, using: &random)
        let isShaky = chance(40)
        let fault = DiskFault(.powerLoss, after: Int.random(in: 0..<30, using: &random), of: DiskOperation.changes)
        try sites[index].restart(on: image, arming: isShaky ? fault : nil)
        sites[index].disk.syncLies = syncLies
    }

    /// Strikes out what a site wrote and does not hold any more.
    private mutating func forgetLost(by site: Site) {
        for (scope, dots) in site.lost { oracle.forget(scope, dots) }
    }

    /// Finds out how far large cuts have come: not behind what was acknowledged.
    private mutating func reviewTransfers(of index: Int) throws {
        let replica = sites[index].replica
        var kept: [Transfer.Place: Transfer] = [:]
        for (header, sender, isPublished) in replica.stagedCuts {
            let place = Transfer.Place(scope: header.scope, member: sender)
            let known = [transfers[index]?[place], beginning[index]].compactMap(\.self).first {
                $0.header == header && $0.member == sender
            }
            guard var transfer = known else { throw Violation("a cut is staged that nobody sent") }
            try require(isPublished || !transfer.isPublished, "a published cut is no longer")
            transfer.isPublished = isPublished
            if !isPublished {
                // Also while another's cut of the scope is being folded in.
                let last = try replica.stagedPosition(of: header.scope, from: transfer.member)?.last
                let staged = transfer.pieces.firstIndex { piece in
                    piece.contains { record in last.map { record.key > $0 } ?? true }
                }
                let acknowledged = transfer.pieces[..<transfer.staged].last { !$0.isEmpty }?.last?.key
                try require(acknowledged.map { last ?? $0 >= $0 } ?? true, "a staged piece is lost")
                transfer.staged = staged ?? transfer.pieces.count
            }
            kept[place] = transfer
        }
        for (place, transfer) in transfers[index] ?? [:] where kept[place] == nil {
            // What says nothing new, or is refused, may have been dropped before the power went.
            let vector = sites[index].vector(place.scope)
            let isHeld = vector.covers(transfer.header.cut.vector)
            let mayGo = isHeld || Self.refusal(of: transfer.header, at: vector) != nil
            try require(
                transfer.isPublished || mayGo || beginning[index]?.place == place, "a staged cut is lost")
        }
        transfers[index] = kept
    }
}
