extension Plan {
    /// Its length, as minutes that have begun.
    var minutes: Int64 { (length + 59_999) / 60_000 }

    /// The same run up to a moment, and no event behind it. The time in which all is whole is as long as ever: it costs little,
    /// and what went wrong may take a little longer once something is missing.
    func ending(behind time: Int64) -> Plan {
        guard time < length else { return self }
        var plan = self
        plan.events = events.filter { $0.time <= time }
        (plan.length, plan.settling) = (time + 1, Scenario.usualSettling.milliseconds)
        return plan
    }

    /// Some of the events, with as long a time before the first one and behind the last one as before.
    func keeping(_ kept: [PlannedEvent]) -> Plan {
        var plan = self
        let shift = (kept.first?.time ?? 0) - (events.first?.time ?? 0)
        plan.events = kept
        return plan.at(kept.map { $0.time - shift }, tail: length - (events.last?.time ?? 0))
    }

    /// The same events in the same order, with no more time between two of them, and behind the last one.
    func pausing(atMost limit: Int64) -> Plan {
        var (time, last): (Int64, Int64) = (0, 0)
        var times: [Int64] = []
        for event in events {
            time += min(limit, event.time - last)
            last = event.time
            times.append(time)
        }
        return at(times, tail: min(limit, length - last))
    }

    /// The same events at other times.
    ///
    /// - Parameter tail: how long a time there is behind the last one; as long as before, if it is not said.
    func at(_ times: [Int64], tail: Int64? = nil) -> Plan {
        var plan = self
        for (index, time) in times.enumerated() { plan.events[index].time = time }
        // The last one may come while all settles, and go.
        plan.length = max(0, (times.last ?? 0) + (tail ?? length - (events.last?.time ?? 0)))
        return plan
    }

    /// What acts are done, each kind once: ascending by name.
    var kinds: [String] { Set(events.map { type(of: $0.act).kind }).sorted() }

    func keeping(kinds: [String]) -> Plan {
        var plan = self
        plan.events = events.filter { kinds.contains(type(of: $0.act).kind) }
        return plan
    }

    /// HQ and some of the stores, which get the first numbers: whatever is about another one goes.
    ///
    /// - Returns: nil if an act cannot be about another machine than it is.
    func keeping(stores kept: [Int]) -> Plan? {
        var numbers = [0: 0]
        for (index, store) in kept.enumerated() { numbers[store] = index + 1 }
        var plan = self
        plan.stores = max(1, kept.count)
        plan.neighbours = Neighbours(
            neighbours.pairs.compactMap { pair in
                numbers[pair.one].flatMap { one in numbers[pair.other].map { (one, $0) } }
            })
        plan.events = []
        for event in events where event.act.nodes.allSatisfy({ numbers[$0] != nil }) {
            guard let renumbered = event.renumbered(numbers) else { return nil }
            plan.events.append(renumbered)
        }
        return plan
    }
}
