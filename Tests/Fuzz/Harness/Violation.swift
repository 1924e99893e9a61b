/// A property that does not hold for an input.
struct Violation: Error, CustomStringConvertible {
    let property: String
    let evidence: String

    var description: String { "violated: \(property): \(evidence)" }

    /// - Parameter evidence: asked for only when the property is violated.
    static func unless(_ holds: Bool, _ property: String, _ evidence: @autoclosure () -> String) throws(Violation) {
        guard holds else { throw Violation(property: property, evidence: evidence()) }
    }
}
