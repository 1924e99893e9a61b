/// Names a field of a line, and a place in it, for an error message; costs nothing until it is spelled out.
struct FieldPath: CustomStringConvertible {
    let field: StaticString
    var row: Int?
    var column: Int?

    init(_ field: StaticString) {
        self.field = field
    }

    /// The path of an element of what this path names.
    func element(_ index: Int) -> FieldPath {
        var path = self
        if row == nil { path.row = index } else { path.column = index }
        return path
    }

    /// As in `l[3][1]`.
    var description: String {
        [row, column].compactMap { $0 }.reduce("\(field)") { $0 + "[\($1)]" }
    }
}
