import CRDT
import Replica
import Simulation
import Testing

/// Deltas that nobody honest sends: each is refused for what is wrong with it, and changes nothing.
@Suite struct BadDeltaTests {
    private static let scope = TestSchema.scopes[0]
    private static let title = SlotKey(field: TestSchema.Ticket.title)

    /// A replica that holds two records of its own and two of a peer's, and the peer that has gone on.
    private struct Meeting {
        let mine: Site
        let theirs: Site
        let delta: Delta

        init() throws {
            (mine, theirs) = (try Site(1), try Site(2))
            try Self.write(1, mine)
            try Self.write(2, theirs)
            let first = try #require(try theirs.replica.delta(scope, for: Cut()))
            try mine.replica.join([first], at: Site.epoch)
            for number in 3...5 { try Self.write(number, theirs) }
            delta = try #require(try theirs.replica.delta(scope, for: mine.replica.cut(of: scope)))
        }

        private static func write(_ number: Int, _ site: Site) throws {
            try site.replica.perform(at: Site.epoch) {
                try $0.set(TestSchema.Ticket.title, of: TestSchema.ticket(number, in: scope), to: .integer(Int64(number)))
            }
        }

        /// Everything that can be seen of the receiver.
        func view() throws -> [String] {
            let replica = mine.replica
            return try replica.heldScopes.flatMap { scope in
                try ["\(replica.cut(of: scope)) \(String(describing: replica.digest(of: scope)))"]
                    + replica.keys(of: scope).map { "\($0) \(try replica.record($0).cells)" }
            } + replica.stagedCuts.map { "\($0)" } + ["\(replica.latestStamp)"]
        }

        func stage(_ delta: Delta) throws {
            _ = try mine.replica.stage(delta.header)
            try mine.replica.stage(delta.records, in: scope)
            try mine.replica.publish(scope)
            while try mine.replica.fold(at: Site.epoch) {}
        }

        /// Both ways in are tried. A cut that could not be folded in must be refused before it is published: once it was
        /// found out only behind that, and its scope could neither go on nor back.
        func expect(_ refusal: ReplicaError, _ change: (inout Delta) throws -> Void) throws {
            var bad = delta
            try change(&bad)
            let before = try view()
            #expect(throws: refusal) { try mine.replica.join([bad], at: Site.epoch) }
            #expect(try view() == before)
            #expect(throws: refusal) {
                try stage(bad)
            }
            try mine.replica.dropStaged(scope)
            #expect(try view() == before)
        }
    }

    private static func record(_ number: Int, _ cells: [Cell]) throws -> DeltaRecord {
        try DeltaRecord(key: TestSchema.ticket(number, in: scope), cells: cells)
    }

    private static func cell(_ dot: Dot, _ content: Cell.Content = .value(.integer(1))) -> Cell {
        Cell(slot: title, dot: dot, stamp: HLC(milliseconds: Site.epoch), content: content)
    }

    @Test func `a delta at a cut that is held changes nothing, whatever it says, joined or staged`() throws {
        let meeting = try Meeting()
        try meeting.mine.replica.join([meeting.delta], at: Site.epoch)
        let before = try meeting.view()
        // It puts another transaction's cell into a slot, as if the one that is there had been replaced.
        let (last, other) = (try #require(meeting.delta.records.last), try #require(meeting.delta.records.first))
        let cells = try other.cells()
        #expect(try last.cells().map(\.dot) != cells.map(\.dot))
        var bad = meeting.delta
        bad.records = [try DeltaRecord(key: last.key, cells: cells)]
        #expect(try meeting.mine.replica.join([bad], at: Site.epoch) == 0)
        #expect(try meeting.view() == before)
        try meeting.stage(bad)
        #expect(try meeting.view() == before)
    }

    @Test func `a record outside of the delta's scope`() throws {
        let meeting = try Meeting()
        let key = TestSchema.ticket(9, in: TestSchema.scopes[2])
        try meeting.expect(.malformed(.keyOutsideScope(key))) { delta in
            let dot = Dot(origin: meeting.theirs.identity.origin, sequence: 2)
            delta.records.append(try DeltaRecord(key: key, cells: [Self.cell(dot)]))
        }
    }

    @Test func `keys twice and backwards`() throws {
        let meeting = try Meeting()
        try meeting.expect(.malformed(.keysOutOfOrder(meeting.delta.records[1].key))) {
            $0.records.insert($0.records[1], at: 1)
        }
        try meeting.expect(.malformed(.keysOutOfOrder(meeting.delta.records[0].key))) { $0.records.swapAt(0, 1) }
    }

    @Test func `a cell beyond the delta's own cut`() throws {
        let meeting = try Meeting()
        let dot = Dot(origin: meeting.theirs.identity.origin, sequence: 99)
        try meeting.expect(.malformed(.dotBeyondCut(TestSchema.ticket(9, in: Self.scope), dot))) {
            $0.records.append(try Self.record(9, [Self.cell(dot)]))
        }
    }

    @Test func `a cut below its base`() throws {
        let meeting = try Meeting()
        let origin = meeting.theirs.identity.origin
        try meeting.expect(.malformed(.cutBelowBase(origin))) {
            $0.header.cut = Cut()
            $0.header.runs = []
        }
    }

    @Test func `a held cell in a whole state`() throws {
        let meeting = try Meeting()
        let dot = Dot(origin: meeting.theirs.identity.origin, sequence: 1)
        try meeting.expect(.malformed(.heldInSnapshot(TestSchema.ticket(9, in: Self.scope)))) {
            $0.header.reach = .wholeState
            $0.records.append(try Self.record(9, [Self.cell(dot, .held)]))
        }
    }

    @Test func `runs out of order, beyond the cut, and at no transaction`() throws {
        let meeting = try Meeting()
        let origin = meeting.theirs.identity.origin
        try meeting.expect(.malformed(.runsOutOfOrder(origin))) { $0.header.runs += $0.header.runs }
        for from in [0, 99, UInt64.max] {
            try meeting.expect(.malformed(.runBeyondCut(origin))) {
                $0.header.runs = [RunSpan(origin: origin, from: from, high: 1, low: 1)]
            }
        }
    }

    @Test func `transactions of the receiver's own that it never made`() throws {
        let meeting = try Meeting()
        let origin = meeting.mine.identity.origin
        try meeting.expect(.malformed(.inventsOwn(origin, sequence: 2, have: 1))) { delta in
            delta.header.cut = Cut(delta.header.cut.points + [(origin, ChainPoint(sequence: 2, hash: .zero))])
        }
    }

    @Test func `a base that is not held, and a horizon above the receiver`() throws {
        let meeting = try Meeting()
        let origin = Origin(member: 9, incarnation: 9)
        try meeting.expect(.baseUnknown(scope: Self.scope, origin: origin, needs: 3, have: 0)) { delta in
            let point = (origin: origin, point: ChainPoint(sequence: 3, hash: .zero))
            delta.header.base = Cut(delta.header.base.points + [point])
            delta.header.cut = Cut(delta.header.cut.points + [point])
        }
        let theirs = meeting.theirs.identity.origin
        try meeting.expect(.belowHorizon(scope: Self.scope, origin: theirs, horizon: 4, have: 1)) {
            $0.header.horizon.advance(theirs, to: 4)
        }
    }

    @Test func `another chain under a known name, at the base and at the cut`() throws {
        let meeting = try Meeting()
        let theirs = meeting.theirs.identity.origin
        let forged = Hash128(high: 1, low: 1)
        try meeting.expect(.forked(scope: Self.scope, origin: theirs, sequence: 1)) {
            $0.header.base = Cut([(theirs, ChainPoint(sequence: 1, hash: forged))])
        }
        let mine = meeting.mine.identity.origin
        try meeting.expect(.forked(scope: Self.scope, origin: mine, sequence: 1)) {
            $0.header.cut = Cut($0.header.cut.points + [(mine, ChainPoint(sequence: 1, hash: forged))])
        }
    }

    @Test func `a value for held that the receiver never had`() throws {
        let meeting = try Meeting()
        let dot = Dot(origin: meeting.theirs.identity.origin, sequence: 3)
        let key = TestSchema.ticket(9, in: Self.scope)
        try meeting.expect(.join(key: key, .heldIsUnknown(slot: Self.title, dot: dot))) {
            $0.records.append(try Self.record(9, [Self.cell(dot, .held)]))
        }
    }

    @Test func `another content under a known dot`() throws {
        let meeting = try Meeting()
        let dot = Dot(origin: meeting.theirs.identity.origin, sequence: 1)
        let key = TestSchema.ticket(2, in: Self.scope)
        try meeting.expect(.join(key: key, .contentDiffers(slot: Self.title, dot: dot))) {
            $0.records.insert(try Self.record(2, [Self.cell(dot, .value(.integer(77)))]), at: 0)
        }
    }

    /// What is aside cannot be looked at when it is staged. Once mended before the cut was published, it made a fold that could
    /// neither go on nor back.
    @Test func `another content of a record that was aside when it came`() throws {
        let meeting = try Meeting()
        let (site, key) = (meeting.mine, TestSchema.ticket(2, in: Self.scope))
        let cells = try site.replica.record(key).cells
        let dot = try #require(cells.first).dot
        var bad = meeting.delta
        bad.records.insert(try Self.record(2, [Self.cell(dot, .value(.integer(77)))]), at: 0)
        try site.replica.quarantine(key)
        _ = try site.replica.stage(bad.header)
        for record in bad.records { try site.replica.stage([record], in: Self.scope) }
        try site.restart(on: site.disk.image)
        let digest = try #require(site.replica.digest(of: Self.scope))
        #expect(try site.replica.mend(key, with: cells, peerDigest: digest))
        #expect(throws: ReplicaError.join(key: key, .contentDiffers(slot: Self.title, dot: dot))) {
            try site.replica.publish(Self.scope)
        }
        #expect(site.replica.foldingScopes.isEmpty)
        try site.replica.dropStaged(Self.scope)
        try site.replica.join([meeting.delta], at: Site.epoch)
    }

    @Test func `a peer that claims the highest sequence there is gets nothing and breaks nothing`() throws {
        let meeting = try Meeting()
        let points = [meeting.mine, meeting.theirs].map {
            (origin: $0.identity.origin, point: ChainPoint(sequence: .max, hash: .zero))
        }
        for point in points { _ = try meeting.mine.replica.delta(Self.scope, for: Cut([point])) }
        #expect(try meeting.mine.replica.delta(Self.scope, for: Cut(points)) == nil)
    }

    @Test func `nobody tells a replica anew under which run its facts were stated`() throws {
        let meeting = try Meeting()
        let (mine, scope) = (meeting.mine, Self.scope)
        let dot = Dot(origin: mine.identity.origin, sequence: 1)
        try mine.replica.perform(at: Site.epoch) {
            try $0.state(.text("sold"), in: TestSchema.Ticket.moves, of: TestSchema.ticket(1, in: scope))
        }
        let own = Dot(origin: dot.origin, sequence: 2)
        let before = mine.replica.run(of: own, in: scope)
        var delta = meeting.delta
        delta.header.cut = Cut(
            delta.header.cut.points.filter { $0.origin != dot.origin } + [
                (dot.origin, try #require(mine.replica.cut(of: scope)[dot.origin]))
            ])
        delta.header.runs.insert(RunSpan(origin: dot.origin, from: 2, high: 66, low: 66), at: 0)
        #expect(throws: ReplicaError.forked(scope: scope, origin: dot.origin, sequence: 2)) {
            try mine.replica.join([delta], at: Site.epoch)
        }
        #expect(mine.replica.run(of: own, in: scope) == before)
    }
}
