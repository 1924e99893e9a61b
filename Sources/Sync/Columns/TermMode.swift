/// How a column of terms is written. Columns of fewer values than `IntegerMode.smallestCount` have no mode and are direct.
enum TermMode: UInt8 {
    /// The terms as they come.
    case direct = 0
    /// The distinct terms with the size of their use, then their ranks by use.
    case dictionary = 1
    /// Nothing: each term is the one that the record's last single identifier before this class is.
    case echo = 2
    /// The distinct terms, then their places among them.
    case sorted = 3
    /// Places in the list of all terms of the identifier columns before, by first use; new ones go to its end, and follow.
    /// Only where that list has at most `knownFactor` times as many terms as the column has places.
    case known = 4

    static let knownFactor = 64
}
