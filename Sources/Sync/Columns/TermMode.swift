/// How a column of terms is written. Columns of fewer values than `IntegerMode.smallestCount` have no mode and are direct.
enum TermMode: UInt8 {
    /// The terms as they come.
    case direct = 0
    /// The distinct terms, then their ranks.
    case dictionary = 1
    /// Nothing: each term is the one that the record's last single identifier before this class is.
    case echo = 2
}
