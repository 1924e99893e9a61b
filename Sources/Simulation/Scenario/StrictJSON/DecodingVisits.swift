/// The objects and arrays that types looked into, for what was left unread; shared by all decoders of one text.
///
/// A value may be looked into several times, by one type or by several: the questions add up.
final class DecodingVisits {
    /// By the value's offset.
    private var visits: [Int: DecodingVisit] = [:]
    /// The offsets of values whose types are not through yet, as often as they were opened.
    private var open: [Int] = []
    /// How many containers types have taken from their decoders so far, of any kind.
    private(set) var containerCount = 0

    /// Where ``finish(since:)`` shall go back to.
    var mark: Int { open.count }

    /// A type has taken a container of something.
    func countContainer() {
        containerCount += 1
    }

    /// A type is going to ask about the members or elements of a value.
    func visit(_ value: SourceValue) {
        countContainer()
        visits[value.offset, default: DecodingVisit(value)].isFinished = false
        open.append(value.offset)
    }

    /// Notes a question about a value that is visited.
    func note(_ value: SourceValue, _ question: (inout DecodingVisit) -> Void) {
        question(&visits[value.offset, default: DecodingVisit(value)])
    }

    /// A type is through, and with it all that was opened since the mark.
    func finish(since mark: Int) {
        for offset in open[mark...] { visits[offset]?.isFinished = true }
        open.removeSubrange(mark...)
    }

    /// Members and elements that no type asked for, in values that are read to their end.
    var leftovers: [SourceFault] {
        visits.values.filter(\.isFinished).flatMap(\.leftovers).sorted { $0.offset < $1.offset }
    }

    /// The unknown keys that led to the fault which ended the reading.
    func explanations(of fault: SourceFault) -> [SourceFault] {
        visits[fault.offset]?.explanations(of: fault.problem) ?? []
    }
}
