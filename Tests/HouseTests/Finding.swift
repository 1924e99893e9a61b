/// A place in the sources that breaks a rule of the house.
struct Finding: Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    /// As compilers write it, so that editors can jump there.
    var description: String { "\(path):\(line): \(message)" }
}

extension [Finding] {
    /// One finding a line.
    var report: String { map(\.description).joined(separator: "\n") }
}
