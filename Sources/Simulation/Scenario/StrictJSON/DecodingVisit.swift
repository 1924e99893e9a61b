/// What types asked of one object or array.
struct DecodingVisit {
    let value: SourceValue
    /// Whether the type that contains these questions was decoded to its end, so that no more will be asked.
    var isFinished = false
    /// In the order of the first question.
    private(set) var askedKeys: [String] = []
    private var asked: Set<String> = []
    /// Keys that a `CaseIterable` coding key names, asked for or not.
    private var listedKeys: [String] = []
    private var acceptsKey: [(String) -> Bool] = []
    private var readElementCount = 0

    init(_ value: SourceValue) {
        self.value = value
    }

    mutating func ask(_ key: String) {
        if asked.insert(key).inserted { askedKeys.append(key) }
    }

    mutating func accept<Key: CodingKey>(_: Key.Type) {
        acceptsKey.append { Key(stringValue: $0) != nil }
        for name in caseNames(of: Key.self) where !listedKeys.contains(name) { listedKeys.append(name) }
    }

    mutating func read(elementAt index: Int) {
        readElementCount = max(readElementCount, index + 1)
    }

    /// What nobody asked for, after all questions.
    var leftovers: [SourceFault] {
        switch value.content {
        case .object(let object):
            let known = askedKeys + listedKeys.filter { !asked.contains($0) }
            return object.members.filter { !asked.contains($0.key) }.map { member in
                Self.unknown(member, among: known.filter { $0 != member.key })
            }
        case .array(let elements):
            guard readElementCount < elements.count else { return [] }
            return [elements[readElementCount].fault(.unreadElement(read: readElementCount))]
        default: return []
        }
    }

    /// The unknown keys that led to a fault of the object itself, before all questions were asked: a mistyped key where
    /// another is missing, and all keys if no type knows any of them.
    func explanations(of problem: ScenarioError.Problem) -> [SourceFault] {
        guard case .object(let object) = value.content else { return [] }
        let strangers = object.members.filter { member in !acceptsKey.contains { $0(member.key) } }
        switch problem {
        case .missingKey(let missing):
            return strangers.filter { [missing].nearest(to: $0.key) != nil }.map { stranger in
                SourceFault(
                    offset: stranger.keyOffset,
                    problem: .unknownKey(stranger.key, suggestion: missing, known: listedKeys))
            }
        case .refused where !acceptsKey.isEmpty && strangers.count == object.members.count:
            return strangers.map { Self.unknown($0, among: listedKeys) }
        default: return []
        }
    }

    private static func unknown(_ member: SourceObject.Member, among known: [String]) -> SourceFault {
        SourceFault(
            offset: member.keyOffset,
            problem: .unknownKey(member.key, suggestion: known.nearest(to: member.key), known: known))
    }
}
