internal import Sync

/// Follows, from beside the programs, what those of different major versions have to do with each other: who has dialled says who it
/// is, whoever is dialled that they cannot understand each other, and for a long time nobody dials there again.
struct VersionWatch {
    struct Breach {
        let node: Int
        let detail: String
    }

    private struct Talk {
        let dialler: Int
        let called: Int
        let wording: Wording
        let answer: Wording
        /// How many bytes of the refusal have not arrived at whoever has dialled; nil if there is none.
        var refusal: Int?
    }

    private struct Refusal {
        let life: UInt64
        let time: Int64
    }

    private struct Pair: Hashable {
        let dialler: Int
        let called: Int
    }

    /// Whoever was refused leaves the other one alone for so long: less than what the protocol asks for.
    private static let shortestWait: Int64 = 120_000

    /// Connections between programs that do not both speak the usual version.
    private var talks: [SimulatedNetwork.ConnectionID: Talk] = [:]
    private var refusals: [Pair: Refusal] = [:]
    private(set) var breaches: [Breach] = []

    mutating func begin(_ id: SimulatedNetwork.ConnectionID, from dialler: SimulatedNode, to called: SimulatedNode) {
        guard dialler.version != .usual || called.version != .usual else { return }
        talks[id] = Talk(
            dialler: dialler.index, called: called.index, wording: Wording(from: dialler, to: called),
            answer: Wording(from: called, to: dialler))
    }

    mutating func end(_ id: SimulatedNetwork.ConnectionID) { talks[id] = nil }

    /// - Parameter bytes: what the real program says.
    /// - Returns: how that node's program says it.
    mutating func worded(
        _ bytes: [UInt8], on id: SimulatedNetwork.ConnectionID, by node: Int, _ random: inout SeededRandom
    ) throws -> [UInt8] {
        guard let talk = talks[id] else { return bytes }
        let (isDialler, wording) = (talk.dialler == node, talk.dialler == node ? talk.wording : talk.answer)
        var reader = FrameReader(limit: FrameLimits.bytes)
        bytes.withUnsafeBytes { reader.append($0) }
        var frames: [(kind: UInt8, body: [UInt8])] = []
        while let frame = try reader.next() { frames.append(frame) }
        let said = wording.bytes(of: frames, &random)
        guard wording.speaker.major != wording.listener.major else { return said }
        for (kind, body) in frames {
            let known = FrameKind(rawValue: kind)
            guard known == .goodbye || isDialler && known == .hello else {
                note("says a frame of kind \(kind) to a program of another major version", of: node)
                continue
            }
            guard !isDialler, case .goodbye(let code, _)? = try Frame(kind: kind, body: body), code == Self.refusalCode else {
                continue
            }
            talks[id]?.refusal = said.count
        }
        return said
    }

    private static let refusalCode: UInt16 = 1

    /// Bytes have arrived.
    mutating func note(_ byteCount: Int, on id: SimulatedNetwork.ConnectionID, at node: SimulatedNode, _ now: Int64) {
        guard let talk = talks[id], talk.dialler == node.index, let awaited = talk.refusal else { return }
        talks[id]?.refusal = awaited - byteCount
        guard awaited <= byteCount else { return }
        refusals[Pair(dialler: node.index, called: talk.called)] = Refusal(life: node.life, time: now)
    }

    /// Somebody is dialled.
    mutating func dialled(_ called: Int, by node: SimulatedNode, at now: Int64) {
        guard let refusal = refusals[Pair(dialler: node.index, called: called)], refusal.life == node.life else { return }
        let waited = now - refusal.time
        guard waited < Self.shortestWait else { return }
        note("dials node \(called) again \(waited) ms after that refused its version", of: node.index)
    }

    private mutating func note(_ detail: String, of node: Int) { breaches.append(Breach(node: node, detail: detail)) }
}

extension Wording {
    fileprivate init(from speaker: SimulatedNode, to listener: SimulatedNode) {
        self.init(
            speaker: speaker.version, listener: listener.version, isTakenForOwn: listener.build == .anyVersion)
    }
}
