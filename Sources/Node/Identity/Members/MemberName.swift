/// What a member may be called: names stand in certificates, in tables and in the names of folders.
enum MemberName {
    /// X.509 lets a name have 64 characters.
    static let characterLimit = 64
    static let byteLimit = 4 * characterLimit

    /// 1 to 64 characters of Unicode, without any that move a cursor or cannot be seen, and without blanks at the ends.
    static func isValid(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, scalars.count <= characterLimit else { return false }
        guard !first.properties.isWhitespace, !last.properties.isWhitespace else { return false }
        return scalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            default: true
            }
        }
    }
}
