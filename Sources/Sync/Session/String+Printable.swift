extension String {
    /// The text for a log or a terminal, whoever wrote it: scalars that move a cursor, begin a line, or hide or reorder what
    /// stands beside them are replaced.
    var printable: String {
        String(UnicodeScalarView(unicodeScalars.map { $0.isPrintable ? $0 : "\u{FFFD}" }))
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
