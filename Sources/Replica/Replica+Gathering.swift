public import CRDT

/// Puts together what several peers tell of records that are set aside, none of whom holds as much as this replica.
///
/// While a record is aside, what others write to it is joined around it, and can be told to nobody: so two peers that have both
/// written to it will never hold what the other one wrote, and no one of them can say how the record stands here. But each of them
/// tells a state at a cut of its own, and states are joined in whatever order they come.
extension Replica {
    struct Gathering {
        private(set) var record = Record()
        /// Up to where everything that was written to the record is in it.
        private(set) var vector = VersionVector()

        /// - Throws: `JoinError`, or `Contradiction`: what was told by one and left out by another one, who knew of it and tells of
        ///   nothing that came after it, was left out by mistake, or by a lie.
        mutating func join(_ cells: [Cell], upTo cut: VersionVector) throws {
            var joined = record
            try joined.join(cells, upTo: cut, knowing: vector, reach: .wholeState)
            try Self.check(record.cells, knowing: vector, in: joined)
            try Self.check(cells, knowing: cut, in: joined)
            (record, vector) = (joined, vector.joined(with: cut))
        }

        /// What dies in a join was overwritten in its slot, by something that the side which had it does not know.
        private static func check(_ cells: [Cell], knowing vector: VersionVector, in joined: Record) throws {
            let (left, news) = (Set(joined.cells), Set(joined.cells.lazy.filter { !vector.covers($0.dot) }.map(\.slot)))
            // Marks go without a trace once everybody has seen them, here sooner and there later.
            let isPlain = cells.allSatisfy { $0.isMark || left.contains($0) || news.contains($0.slot) }
            guard isPlain else { throw Contradiction() }
        }
    }

    private struct Contradiction: Error {}

    /// Adds what a peer tells of records that are aside to what others have told of them.
    ///
    /// - Parameters:
    ///   - records: as the peer holds them; without cells those that it does not hold.
    ///   - cut: the peer's.
    /// - Returns: the records as they stand at this replica's own cut; nil if that is where the peer stands, or if more must be
    ///   told of one of them first.
    public func gather(
        _ records: [(key: RecordKey, cells: [Cell])], of scope: Scope, at cut: Cut
    ) throws -> [(key: RecordKey, cells: [Cell])]? {
        let own = vector(of: scope)
        guard overlays[scope] == nil, own.covers(cut.vector), own != cut.vector else { return nil }
        try checkChains(of: cut, in: scope)
        var whole: [(key: RecordKey, cells: [Cell])] = []
        for (key, cells) in records where key.scope == scope && quarantined.contains(key) {
            if !cells.isEmpty { try checkForm(of: cells, key, at: cut) }
            var gathering = gatherings[key] ?? Gathering()
            do {
                try gathering.join(cells, upTo: cut.vector)
            } catch {
                // One at least of those who have told of it is wrong: all of them are asked anew.
                gatherings[key] = nil
                return nil
            }
            gatherings[key] = gathering
            if gathering.vector.covers(try touching(key, beyond: gathering.vector)) {
                whole.append((key, gathering.record.cells))
            }
        }
        return whole.count == records.count ? whole : nil
    }
}

extension Replica {
    /// Remembers with a record that is set aside how far this incarnation has written in its scope: what it writes from now on
    /// cannot touch the record, and whoever tells of it need not know of that.
    func noteAside(_ key: RecordKey) throws {
        var writer = ByteWriter()
        writer.write(fixed64: identity.origin.rawValue)
        writer.write(varint: vector(of: key.scope).sequence(of: identity.origin))
        try Meta(connection).set(asideName(key), writer.bytes)
    }

    func forgetAside(_ key: RecordKey) throws {
        try Meta(connection).remove(asideName(key))
    }

    /// Up to where transactions may have touched a record that is aside, as far as somebody has to tell of them who has told of
    /// all up to a vector.
    private func touching(_ key: RecordKey, beyond told: VersionVector) throws -> VersionVector {
        let own = identity.origin
        var (vector, known) = (vector(of: key.scope), told.sequence(of: own))
        let noted = try Meta(connection).read(asideName(key)) { reader throws(CodecError) in
            Dot(origin: Origin(rawValue: try reader.readFixed64()), sequence: try reader.readVarint())
        }
        // An incarnation that began while the record was aside has not touched it at all.
        let last = min(vector.sequence(of: own), noted.map { $0.origin == own ? $0.sequence : 0 } ?? .max)
        // A row may have rotted long before anybody met it.
        var isNamed = false
        try scanBlocks(of: own, in: key.scope, beyond: known) { block in
            isNamed = block.first <= last && block.keys.contains(key)
            return !isNamed
        }
        if isNamed { known = last }
        vector.remove(own)
        vector.advance(own, to: known)
        return vector
    }

    private func asideName(_ key: RecordKey) -> String {
        let digits = withBytes(of: key) { bytes in bytes.flatMap { [String($0 >> 4, radix: 16), String($0 & 15, radix: 16)] } }
        return "aside " + digits.joined()
    }
}
