/// The names under which an enumeration's cases stand in a text, in their order: raw values, or a coding key's keys.
/// None if the type is not `CaseIterable` or has no such names.
func caseNames(of type: any Any.Type) -> [String] {
    guard let type = type as? any CaseIterable.Type else { return [] }
    return allNames(type)
}

private func allNames<Cases: CaseIterable>(_: Cases.Type) -> [String] {
    Cases.allCases.compactMap { each in
        (each as? any CodingKey)?.stringValue ?? (each as? any RawRepresentable)?.rawValue as? String
    }
}
