import CRDT
import Replica

/// What came by others than its origin and is not vouched for, transaction by transaction.
struct RelayModel: Equatable {
    private(set) var marks: [Scope: [Dot: UInt32]] = [:]
    /// Up to where an origin told a point that is behind: it counts if its hash is still known.
    private var perhaps: [Scope: [Origin: UInt64]] = [:]

    init() {}

    /// What a replica says.
    init(of replica: Replica) {
        for (scope, spans) in replica.relayed {
            for span in spans {
                for sequence in span.beyond + 1...span.upTo {
                    marks[scope, default: [:]][Dot(origin: span.origin, sequence: sequence)] = span.via
                }
            }
        }
    }

    /// A cut becomes visible at a vector.
    mutating func note(_ header: DeltaHeader, at mine: VersionVector, from member: UInt32?) {
        for (origin, point) in header.cut.points {
            let before = mine.sequence(of: origin)
            if origin.member == member {
                confirm(origin, upTo: header.base[origin]?.sequence ?? 0, in: header.scope)
                if point.sequence <= before { perhaps[header.scope, default: [:]][origin] = point.sequence }
            }
            guard let member, origin.member != member, point.sequence > before else { continue }
            for sequence in before + 1...point.sequence {
                marks[header.scope, default: [:]][Dot(origin: origin, sequence: sequence)] = member
            }
        }
    }

    mutating func confirm(_ origin: Origin, upTo sequence: UInt64, in scope: Scope) {
        marks[scope] = marks[scope]?.filter { $0.key.origin != origin || $0.key.sequence > sequence }
    }

    /// Takes what a replica has marked for right.
    ///
    /// - Returns: whether it is what is known here, but for what its origin has perhaps vouched for.
    mutating func settle(_ found: RelayModel, in scope: Scope) -> Bool {
        let (mine, theirs) = (marks[scope] ?? [:], found.marks[scope] ?? [:])
        defer { (marks[scope], perhaps[scope]) = (theirs, nil) }
        return theirs.allSatisfy { mine[$0.key] == $0.value }
            && mine.keys.allSatisfy { theirs[$0] != nil || $0.sequence <= perhaps[scope]?[$0.origin] ?? 0 }
    }
}
