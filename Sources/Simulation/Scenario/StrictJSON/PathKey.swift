/// A step of a coding path that no type gave a key for: an element of an array, or the value for a superclass.
struct PathKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    /// An element of an array, counted from 0.
    init(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }

    static let superclass = PathKey(stringValue: "super")
}
