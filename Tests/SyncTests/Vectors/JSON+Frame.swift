import CRDT
import Replica
import Sync

/// What a frame says, under the names that `Protocol/sync.md` gives its fields.
extension JSON {
    init(_ frame: Frame) {
        switch frame {
        case .hello(let hello): self.init(hello)
        case .offer(let offer): self.init(offer)
        case .ask(let scope, let origin): self = ["scope": JSON(scope), "origin": JSON(origin)]
        case .knowledge(let scope, let origin, let knowledge):
            let points = knowledge.points.map { point -> JSON in
                ["sequence": JSON(point.sequence), "hash": JSON(point.hash)]
            }
            let runs = knowledge.runs.map { span -> JSON in
                ["from": JSON(span.from), "run": JSON(Hash128(high: span.high, low: span.low))]
            }
            self = [
                "scope": JSON(scope), "origin": JSON(origin), "last": JSON(knowledge.last), "points": .array(points),
                "runs": .array(runs),
            ]
        case .ready(let echo, let received, let time), .pong(let echo, let received, let time):
            self = ["echo": JSON(echo), "received": JSON(received), "time": JSON(time)]
        case .push(let bytes), .piece(let bytes): self = .string(bytes.hex)
        case .begin(let header, let records): self = ["header": JSON(header), "records": JSON(records)]
        case .end: self = [:]
        case .acknowledge(let number), .credit(let number), .ping(let number): self = JSON(number)
        case .goodbye(let code, let detail): self = ["code": .number(Int(code)), "text": .string(detail)]
        case .refuse(let scope, let code, let detail):
            self = ["scope": JSON(scope), "code": .number(Int(code)), "text": .string(detail)]
        case .seek(let doubts):
            self = .array(doubts.map { ["scope": JSON($0.scope), "origin": JSON($0.origin)] })
        case .repair(let turn): self.init(turn)
        case .lack(let scope, let keys): self = ["scope": JSON(scope), "keys": .array(keys.map { JSON($0) })]
        case .mend(let mending):
            var members = ["scope": JSON(mending.scope), "keys": JSON.array(mending.keys.map { JSON($0) })]
            if !mending.keys.isEmpty {
                (members["cut"], members["piece"]) = (JSON(mending.cut), JSON(bytes: mending.piece))
            }
            self = .object(members)
        case .checkpoints(let list):
            self = .array(
                list.map { word in
                    [
                        "scope": JSON(word.scope), "origin": JSON(word.origin), "sequence": JSON(word.point.sequence),
                        "hash": JSON(word.point.hash), "signature": JSON(bytes: word.signature),
                    ]
                })
        }
    }

    private init(_ hello: Hello) {
        self = [
            "major": .number(Int(hello.major)), "minor": .number(Int(hello.minor)), "chain": JSON(hello.chain),
            "origin": JSON(hello.origin), "sum": JSON(hello.sum), "credit": JSON(hello.credit),
            "interest": [
                "kinds": .number(Int(hello.interest.kinds)), "scopes": .array(hello.interest.scopes.map { JSON($0) }),
            ],
            "time": JSON(hello.time), "echo": JSON(hello.echo), "received": JSON(hello.received),
            "stratum": .number(Int(hello.stratum)),
        ]
    }

    private init(_ turn: RepairTurn) {
        var members: [String: JSON] = [
            "scope": JSON(turn.scope), "answer": .bool(turn.isAnswer), "form": .number(Int(turn.form.rawValue)),
        ]
        if turn.form != .unable {
            var writer = ByteWriter()
            writer.write(fixed64: turn.mark)
            (members["mark"], members["digest"]) = (JSON(bytes: writer.bytes), JSON(turn.digest))
            members["moves"] = .array(turn.moves.map { JSON($0) })
        }
        self = .object(members)
    }

    private init(_ move: RepairMove) {
        switch move {
        case .offer(let offer):
            let ranges = offer.ranges.map { range -> JSON in
                ["begin": JSON(bound: range.lower), "records": .number(range.sum.count), "sum": JSON(range.sum.sum)]
            }
            self = ["end": JSON(bound: offer.upper), "ranges": .array(ranges)]
        case .records(let records):
            self = [
                "begin": JSON(bound: records.lower), "end": JSON(bound: records.upper),
                "wantsAnswer": .bool(records.wantsAnswer), "piece": JSON(bytes: records.piece),
            ]
        }
    }

    /// The scope's begin or end is an empty text.
    private init(bound key: RecordKey?) {
        self = key.map { JSON($0) } ?? .string("")
    }

    private init(_ offer: Offer) {
        let entries = offer.entries.map { entry -> JSON in
            var members = ["scope": JSON(entry.scope)]
            switch entry.form {
            case .summary(let half):
                var writer = ByteWriter()
                writer.write(fixed64: half)
                members["summary"] = JSON(bytes: writer.bytes)
            case .told(let cut, let digest, let staged):
                members["cut"] = JSON(cut)
                members["digest"] = digest.map { JSON($0) }
                members["staged"] = staged.map { ["header": JSON($0.header), "last": JSON($0.last)] }
            }
            return .object(members)
        }
        self = ["last": .bool(offer.isLast), "entries": .array(entries)]
    }
}
