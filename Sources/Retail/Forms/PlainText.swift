public import CRDT

/// What people type, before it goes into records.
public enum PlainText {
    /// The most bytes of an id that people choose: with what the program puts behind it, it stays an id.
    public static let idLimit = 40

    /// - Returns: nil if there is a control character in it, a line feed but where lines are meant.
    public static func isPrintable(_ text: String, linesAllowed: Bool = false) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            linesAllowed && scalar == "\n" || scalar.properties.generalCategory != .control
        }
    }

    /// - Returns: nil for what is no id, or not one that people choose.
    public static func identifier(_ text: String) -> Identifier? {
        guard text.utf8.count <= idLimit, isPrintable(text), text.first?.isWhitespace == false, text.last?.isWhitespace == false
        else { return nil }
        return Identifier(text)
    }
}
