import CRDT

/// Escrow: rights are what one minted and was granted, less what one granted and has in use.
struct EscrowSpecification: Specification {
    enum Action: Equatable {
        case mint(Int)
        case use(Int)
        case release(Int)
        case request(number: UInt64, from: UInt64, Int)
        case grant(to: UInt64, number: UInt64, Int)
    }

    private let field: UInt32 = 4

    func perform(
        on record: inout Record, at version: Version, seeing visible: [Operation<Action>], origins: [Origin],
        random: inout SeededRandom
    ) throws -> Action? {
        let own = version.dot.origin.rawValue
        let rights = rights(of: own, in: visible)
        let amount = random.below(13)
        do {
            switch random.below(10) {
            case 0..<2:
                try record.mint(UInt64(amount), in: field, at: version)
                return .mint(amount)
            case 2..<4:
                try record.use(UInt64(amount), of: field, at: version)
                try expectEqual(amount <= rights, true, "whether \(amount) could be used")
                return .use(amount)
            case 4:
                try record.release(UInt64(amount), of: field, at: version)
                try expectEqual(amount <= inUse(visible, by: own), true, "whether \(amount) could be released")
                return .release(amount)
            case 5..<7:
                let grantor = random.pick(origins)
                try record.requestRights(UInt64(amount), from: grantor, of: field, at: version)
                try expectEqual(openRequest(of: own, in: visible) == nil, true, "whether a request could be made")
                let number: UInt64 = visible.reduce(0) { number, operation in
                    guard operation.origin == own, case .request(let made, _, _) = operation.action else { return number }
                    return max(number, made)
                }
                return .request(number: number + 1, from: grantor.rawValue, amount)
            default:
                let floor = random.below(4)
                let requester = random.pick(origins)
                let granted = try record.grantRights(to: requester, of: field, keeping: UInt64(floor), at: version)
                var request = openRequest(of: requester.rawValue, in: visible)
                if request?.grantor != own { request = nil }
                let due = request.map { min($0.amount, max(0, rights - floor)) }
                try expectEqual(granted.map { Int($0) }, due, "grant")
                return request.flatMap { .grant(to: requester.rawValue, number: $0.number, due ?? 0) }
            }
        } catch EscrowError.insufficient(let found, let wanted) {
            try expectEqual(Int(found), rights, "own rights")
            try expectEqual(Int(wanted) > rights, true, "whether \(wanted) was refused")
        } catch EscrowError.notInUse(let found, let released) {
            try expectEqual(Int(found), inUse(visible, by: own), "own use")
            try expectEqual(Int(released) > inUse(visible, by: own), true, "whether \(released) was refused")
        } catch EscrowError.requestOpen {
            try expectEqual(openRequest(of: own, in: visible) != nil, true, "whether a request was open")
        }
        return nil
    }

    func check(_ record: Record, of owner: Origin, seeing visible: [Operation<Action>]) throws {
        let escrow = record.escrow(field)
        var minted = 0
        for operation in visible { if case .mint(let amount) = operation.action { minted += amount } }
        try expectEqual(Int(escrow.minted), minted, "minted")
        try expectEqual(Int(escrow.inUse), inUse(visible), "in use")
        guard rights(of: owner.rawValue, in: visible) >= 0 else { throw Mismatch("own rights are negative") }
        for origin in Set(visible.map(\.origin)).union([owner.rawValue]) {
            let found = escrow.rights(of: Origin(rawValue: origin))
            try expectEqual(Int(found), rights(of: origin, in: visible), "rights of \(origin)")
            guard let request = openRequest(of: origin, in: visible) else { continue }
            let open = escrow.openRequest(of: Origin(rawValue: origin), to: Origin(rawValue: request.grantor))
            try expectEqual(open?.number, request.number, "open request of \(origin)")
        }
    }

    /// Promises stay within the quota, rights are conserved, and no request is decided twice.
    func checkTogether(_ operations: [Operation<Action>]) throws {
        for record in 0..<2 {
            let all = operations.filter { $0.record == record }
            var (minted, held) = (0, 0)
            var decided: Set<[UInt64]> = []
            for operation in all {
                if case .mint(let amount) = operation.action { minted += amount }
                guard case .grant(let requester, let number, _) = operation.action else { continue }
                guard decided.insert([operation.origin, requester, number]).inserted else {
                    throw Mismatch("request \(number) of \(requester) was decided twice")
                }
            }
            for origin in Set(all.flatMap(Self.parties)) { held += rights(of: origin, in: all) }
            guard inUse(all) <= minted else { throw Mismatch("\(inUse(all)) in use of \(minted) minted") }
            try expectEqual(held + inUse(all), minted, "rights held and in use, against minted")
        }
    }

    private static func parties(_ operation: Operation<Action>) -> [UInt64] {
        if case .grant(let requester, _, _) = operation.action { [operation.origin, requester] } else { [operation.origin] }
    }

    private func rights(of origin: UInt64, in visible: [Operation<Action>]) -> Int {
        visible.reduce(0) { rights, operation in
            switch operation.action {
            case .mint(let amount) where operation.origin == origin: rights + amount
            case .use(let amount) where operation.origin == origin: rights - amount
            case .release(let amount) where operation.origin == origin: rights + amount
            case .grant(let requester, _, let amount):
                rights + (requester == origin ? amount : 0) - (operation.origin == origin ? amount : 0)
            default: rights
            }
        }
    }

    private func inUse(_ visible: [Operation<Action>], by origin: UInt64? = nil) -> Int {
        visible.reduce(0) { sum, operation in
            guard origin == nil || origin == operation.origin else { return sum }
            return switch operation.action {
            case .use(let amount): sum + amount
            case .release(let amount): sum - amount
            default: sum
            }
        }
    }

    /// The last visible request of a replica, unless its grantor is seen to have decided it.
    private func openRequest(
        of requester: UInt64, in visible: [Operation<Action>]
    ) -> (number: UInt64, grantor: UInt64, amount: Int)? {
        var last: (number: UInt64, grantor: UInt64, amount: Int)?
        for operation in visible where operation.origin == requester {
            guard case .request(let number, let grantor, let amount) = operation.action else { continue }
            if number > last?.number ?? 0 { last = (number, grantor, amount) }
        }
        guard let last else { return nil }
        let isDecided = visible.contains { operation in
            guard operation.origin == last.grantor, case .grant(requester, last.number, _) = operation.action else {
                return false
            }
            return true
        }
        return isDecided ? nil : last
    }
}
