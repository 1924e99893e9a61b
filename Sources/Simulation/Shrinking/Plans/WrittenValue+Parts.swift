extension WrittenValue {
    /// Where a part stands: keys, and the numbers of elements, from the outermost to the innermost.
    typealias Path = [String]

    /// With other values in the place of those that hold no others.
    func mapping(_ transform: (Path, WrittenValue) -> WrittenValue) -> WrittenValue { mapping(at: [], transform) }

    private func mapping(at path: Path, _ transform: (Path, WrittenValue) -> WrittenValue) -> WrittenValue {
        switch self {
        case .array(let elements):
            .array(elements.enumerated().map { $0.element.mapping(at: path + ["\($0.offset)"], transform) })
        case .object(let members):
            .object(members.map { Member(key: $0.key, value: $0.value.mapping(at: path + [$0.key], transform)) })
        default: transform(path, self)
        }
    }

    /// Without some of its members and elements.
    func leavingOut(_ paths: Set<Path>) -> WrittenValue { leavingOut(paths, at: []) }

    private func leavingOut(_ paths: Set<Path>, at path: Path) -> WrittenValue {
        switch self {
        case .array(let elements):
            return .array(
                elements.enumerated().compactMap { index, element in
                    let inner = path + ["\(index)"]
                    return paths.contains(inner) ? nil : element.leavingOut(paths, at: inner)
                })
        case .object(let members):
            return .object(
                members.compactMap { member in
                    let inner = path + [member.key]
                    guard !paths.contains(inner) else { return nil }
                    return Member(key: member.key, value: member.value.leavingOut(paths, at: inner))
                })
        default: return self
        }
    }

    /// Of all members and elements, in their order, the outer ones first.
    var paths: [Path] { paths(at: []) }

    private func paths(at path: Path) -> [Path] {
        let parts: [(key: String, value: WrittenValue)]
        switch self {
        case .array(let elements): parts = elements.enumerated().map { ("\($0.offset)", $0.element) }
        case .object(let members): parts = members.map { ($0.key, $0.value) }
        default: return []
        }
        return parts.flatMap { [path + [$0.key]] + $0.value.paths(at: path + [$0.key]) }
    }
}
