/// Something that was asked for and was not done, because what was given is wrong. Nothing was written.
public protocol Refusal: Error, Sendable {
    var problem: Problem { get }
}

/// What is wrong with something that was asked for, for whoever asked: a person, or the program of another one.
public struct Problem: Hashable, Sendable {
    /// A name that never changes its meaning: small letters and hyphens.
    public let code: String
    /// Which part of the input is at fault, as in `lines[2].quantity`; nil if it is the whole.
    public let field: String?
    /// What is wrong: a sentence.
    public let detail: String
    /// What to do: a sentence.
    public let remedy: String

    public init(_ code: String, field: String? = nil, _ detail: String, remedy: String) {
        (self.code, self.field, self.detail, self.remedy) = (code, field, detail, remedy)
    }
}

extension Problem: CustomStringConvertible {
    public var description: String { "\(field.map { "\($0): " } ?? "")\(detail) \(remedy)" }
}
