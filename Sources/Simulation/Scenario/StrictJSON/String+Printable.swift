extension String {
    /// The text without what could move a terminal's cursor or reverse its writing.
    var printable: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// What a message needs of the text.
    var excerpt: String {
        let limit = 80
        return unicodeScalars.count > limit ? String(unicodeScalars.prefix(limit)).printable + "..." : printable
    }

    /// The same in quotation marks.
    var quoted: String { "\"\(excerpt)\"" }
}
