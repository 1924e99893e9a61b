internal import CRDT
internal import Replica

extension ChainKnowledge {
    /// The last sequence, then points, then runs, each ascending.
    func encode(into writer: inout ByteWriter) {
        writer.write(varint: last)
        writer.write(varint: UInt64(points.count))
        for point in points {
            writer.write(varint: point.sequence)
            writer.write(hash: point.hash)
        }
        writer.write(varint: UInt64(runs.count))
        for run in runs {
            writer.write(varint: run.from)
            writer.write(hash: Hash128(high: run.high, low: run.low))
        }
    }

    init(of origin: Origin, decoding reader: inout ByteReader) throws(CodecError) {
        let last = try reader.readVarint()
        var points: [ChainPoint] = []
        for _ in 0..<(try reader.readCount(limit: FrameLimits.knowledgePoints)) {
            let point = ChainPoint(sequence: try reader.readVarint(), hash: try reader.readHash())
            guard point.sequence > points.last?.sequence ?? 0, point.sequence <= last else {
                throw .notCanonical(offset: reader.offset)
            }
            points.append(point)
        }
        var runs: [RunSpan] = []
        for _ in 0..<(try reader.readCount(limit: FrameLimits.knowledgePoints)) {
            let (from, bits) = (try reader.readVarint(), try reader.readHash())
            guard from > runs.last?.from ?? 0, from <= last else { throw .notCanonical(offset: reader.offset) }
            runs.append(RunSpan(origin: origin, from: from, high: bits.high, low: bits.low))
        }
        self.init(last: last, points: points, runs: runs)
    }

    /// With fewer points, if there are more than a frame may tell: the last ones, and of the others every so manieth. What they
    /// do not confirm counts as different, so less is taken for agreed.
    var tellable: ChainKnowledge {
        guard points.count > FrameLimits.knowledgePoints else { return self }
        let recent = points.suffix(FrameLimits.knowledgePoints / 2)
        let older = points.dropLast(recent.count)
        let step = older.count / (FrameLimits.knowledgePoints / 2) + 1
        let thinned = older.enumerated().filter { $0.offset % step == 0 }.map(\.element)
        return ChainKnowledge(last: last, points: thinned + recent, runs: runs.suffix(FrameLimits.knowledgePoints))
    }
}
