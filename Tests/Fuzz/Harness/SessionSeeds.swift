internal import CRDT
internal import Replica
internal import Sync

extension FrameFuzz {
    static func seeds() throws -> [(name: String, bytes: [UInt8])] {
        let (toRight, toLeft) = try SessionSeeds.frames()
        let rest: [(String, Frame)] = try SessionSeeds.doubtful()
        return [("to-right", toRight.flatMap(\.self)), ("to-left", toLeft.flatMap(\.self))] + rest.map { ($0.0, $0.1.bytes) }
    }
}

extension SessionFuzz {
    static func seeds() throws -> [(name: String, bytes: [UInt8])] {
        let (settle, sell, edit, tear): ([UInt8], [UInt8], [UInt8], [UInt8]) = ([1, 0, 0], [8, 0, 0], [9, 1, 0], [11, 0, 0])
        let lines: [(String, [UInt8])] = [
            ("line-plain", settle + sell + settle + edit + settle),
            ("line-torn", [0, 2, 0, 0, 3, 0, 0, 0, 0] + tear + sell + settle + tear + settle),
            ("line-damaged", [0, 2, 0, 0, 3, 0, 6, 4, 0x31] + settle + [4, 0, 1] + settle),
            ("line-late", settle + sell + edit + [5, 0, 0, 3, 1, 0] + settle + [10, 0, 31] + settle),
            ("line-split", [2, 0, 9, 0, 0, 0, 2, 1, 30, 0, 1, 0] + settle + [10, 0, 201]),
        ]
        let frames = try SessionSeeds.frames().toRight.map { frame in
            FrameFuzz.read(frame, chunk: .max).frames.map { [$0.kind] + $0.body }.first ?? []
        }
        var peers: [(String, [UInt8])] = []
        for (mode, name) in [(Mode.headquarters, "headquarters"), (Mode.store, "store")] {
            let parts = frames.filter { $0.first != FrameKind.hello.rawValue }.prefix(12).map(part)
            let later = parts.filter { $0[1] > FrameKind.ready.rawValue }
            peers.append((name + "-all", [mode, FuzzPeer.Opening.dials] + InputParts.join(Array(parts))))
            peers.append((name + "-open", [mode, 3] + InputParts.join(later + [[FuzzPeer.Part.time, 40]])))
            peers.append((name + "-dialled", [mode, 1] + InputParts.join(later + [[FuzzPeer.Part.work]])))
        }
        let doubtful = try SessionSeeds.doubtful().map {
            [FuzzPeer.Part.frame, $0.frame.kind.rawValue] + $0.frame.bytes.dropFirst(2)
        }
        peers.append(("store-doubts", [Mode.store, 3] + InputParts.join(Array(doubtful.prefix(7)))))
        for (index, part) in doubtful.enumerated().dropFirst(7) {
            // The frames that end a session are tried one by one; those that only ask stand before each.
            let asks = index == 7 ? [] : [doubtful[7]]
            peers.append(("store-repairs-\(index - 6)", [Mode.store, 3] + InputParts.join(asks + [part])))
        }
        return (lines.map { ($0.0, [Mode.line] + $0.1) } + peers).map { (name: $0.0, bytes: $0.1) }
    }

    /// A push is told without its checksum.
    private static func part(_ frame: [UInt8]) -> [UInt8] {
        guard frame.first == FrameKind.push.rawValue, frame.count > 6 else { return [FuzzPeer.Part.frame] + frame }
        return [FuzzPeer.Part.push, frame[1]] + frame[6...]
    }
}

/// Frames of a plain session, and those that a plain one does not have.
enum SessionSeeds {
    static func frames() throws -> (toRight: [[UInt8]], toLeft: [[UInt8]]) {
        let scene = try FuzzScene.shared.get()
        let ends = [try FuzzEnd(scene.receiver, run: 101), try FuzzEnd(scene.headquarters, run: 102)]
        let now = Moment(monotonic: 0, wall: FuzzScene.now + 1_000_000)
        var said: [[[UInt8]]] = [[], []]
        for index in 0..<2 { ends[index].begin(with: ends[1 - index].member, asInitiator: index == 0, at: now) }
        for round in 0..<40 {
            for index in 0..<2 {
                for frame in try ends[index].work(at: now) {
                    said[index].append(frame)
                    ends[1 - index].receive(frame, at: now)
                }
            }
            if round == 20 { try ends[0].sell(at: now) }
            if round == 24 { try ends[1].edit(at: now) }
            if round == 30 { try ends[0].vouch(at: now) }
            if round == 36 { ends[0].session?.close(because: .finished) }
        }
        return (said[0].map(plain), said[1].map(plain))
    }

    /// Pieces are never compressed, as those of `DeltaSeeds`.
    private static func plain(_ frame: [UInt8]) -> [UInt8] {
        guard let raw = FrameFuzz.read(frame, chunk: .max).frames.first, raw.kind == FrameKind.piece.rawValue else {
            return frame
        }
        return FuzzEnd.sealed([raw.kind] + DeltaSeeds.plain(raw.body))
    }

    private static func repairs(_ scope: Scope, _ key: RecordKey) -> [(name: String, frame: Frame)] {
        let sum = Fingerprint(count: 3, sum: Hash128(high: 5, low: 6))
        let offer = RepairOffer(scope: scope, ranges: [.init(lower: nil, sum: sum), .init(lower: key, sum: sum)], upper: nil)
        let records = RepairRecords(scope: scope, lower: nil, upper: key, wantsAnswer: true, piece: [0x10, 0, 0, 0, 0, 0])
        func turn(_ isAnswer: Bool, _ form: RepairTurn.Form, _ moves: [RepairMove] = []) -> Frame {
            .repair(RepairTurn(scope: scope, isAnswer: isAnswer, form: form, mark: 7, digest: .zero, moves: moves))
        }
        return [
            ("question", turn(false, .doubtful)), ("same", turn(false, .same)), ("sums", turn(true, .plain, [.offer(offer)])),
            ("records", turn(false, .plain, [.records(records)])), ("lack", .lack(scope, [key])),
            ("mend", .mend(Mending(scope: scope, keys: [key], cut: Cut(), piece: [0x10, 0, 0, 0, 0, 0]))),
        ]
    }

    static func doubtful() throws -> [(name: String, frame: Frame)] {
        let (scope, origin) = (Scope(.books, of: 1), Origin(member: 1, incarnation: 2))
        let point = ChainPoint(sequence: 3, hash: Hash128(high: 3, low: 4))
        let chain = ChainKnowledge(last: 9, points: [point], runs: [RunSpan(origin: origin, from: 1, high: 5, low: 6)])
        let staged = Standing.Staged(
            header: DeltaHeader(
                scope: scope, base: Cut(), cut: Cut([(origin, point)]), horizon: VersionVector(), reach: .wholeState, runs: []),
            last: RecordKey(scope: scope, collection: 1, id: try id("S1-0001")))
        let told = Offer.Entry(scope: scope, form: .told(Cut([(origin, point)]), digest: .zero, staged: staged))
        return [
            ("ask", .ask(scope, origin)), ("knowledge", .knowledge(scope, origin, chain)),
            ("seek", .seek([Doubt(scope: scope, origin: origin)])),
            ("refuse", .refuse(scope, code: 11, detail: "zwei Verläufe")), ("ping", .ping(time: 1_740_000_000_000)),
            ("pong", .pong(echo: 1, received: 2, time: 3)),
            ("summary", .offer(Offer([.init(scope: scope, form: .summary(7))], isLast: false))),
            ("staged", .offer(Offer([told], isLast: true))),
        ] + repairs(scope, staged.last)
    }
}
