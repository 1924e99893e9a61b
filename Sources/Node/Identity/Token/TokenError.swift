internal import CRDT

/// What is wrong with the text of a token. A token is a secret: only the part that is wrong is shown.
public enum TokenError: Error, Hashable, Sendable {
    case empty
    /// A sign that no token has.
    case strangeLetter(String, position: Int)
    /// The group, counted from 1, as it was read.
    case mistyped(group: Int, text: String)
    /// Some of it is missing at the end, or groups are lost or strange.
    case incomplete
    case tooLong(limit: Int)
    case newerVersion(UInt8)
    /// Whole, but made by a program that is not ours.
    case malformed(CodecErrorText)

    /// A codec's reason, in words.
    public struct CodecErrorText: Hashable, Sendable {
        public let text: String

        init(_ error: CodecError) { text = "\(error)" }
    }
}

extension TokenError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "there is no token. Copy the last line that atoll invite printed."
        case .strangeLetter(let letter, let position):
            "the token is mistyped: \"\(letter)\" (letter \(position)) is in no token. Copy it again."
        case .mistyped(let group, let text):
            "the token is mistyped: group \(group), read as \(text), is wrong, or a letter before it is missing. "
                + "Compare it with the original."
        case .incomplete: "the token is incomplete: a part of it is missing. Copy all of it."
        case .tooLong(let limit): "this is no token: it has more than \(limit) letters."
        case .newerVersion(let version):
            "the token is of version \(version), which this program does not know. Use the program's newer version."
        case .malformed(let reason): "this is no token of a chain (\(reason.text)). Ask for a new one."
        }
    }
}
