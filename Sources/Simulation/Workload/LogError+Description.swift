internal import Glibc

extension LogError: CustomStringConvertible {
    /// Where, what is wrong, and what to do about it, for a person, in one line without control characters.
    public var description: String {
        let place = line > 0 ? "\(printable(file)), line \(line)" : printable(file)
        return "\(place): \(problem)"
    }
}

extension LogError.Problem: CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var description: String { "\(finding); \(advice)" }

    private var finding: String {
        switch self {
        case .unreadable(let errno): "cannot be read: \(String(cString: strerror(errno)))"
        case .empty: "is empty"
        case .truncated(let form): "the \(form) data ends too early"
        case .corrupt(let form, let reason): "the \(form) data is damaged (\(printable(reason)))"
        case .cutShort: "the file ends in the middle of the line"
        case .lineTooLong(let limit): "is longer than \(limit) bytes"
        case .notJSON(let reason, let column): "is not JSON (column \(column): \(printable(reason)))"
        case .invalidUTF8(let column): "is not UTF-8 (column \(column))"
        case .repeatedField(let column): "names a field twice (column \(column))"
        case .notAnObject(let found): "is \(found), not a JSON object"
        case .noHeader: "is not a header"
        case .secondHeader: "is a second header"
        case .unknownVersion(let version): "field \"v\": version \(version) is unknown"
        case .unknownKind(let kind): "field \"k\": kind \(quoted(kind)) is unknown"
        case .unknownStatus(let status): "field \"st\": status \(quoted(status)) is unknown"
        default: fieldFinding ?? orderFinding
        }
    }

    private var fieldFinding: String? {
        switch self {
        case .missingField(let field): "field \(quoted(field)) is missing"
        case .unknownField(let field): "field \(quoted(field)) is unknown"
        case .wrongType(let field, let expected, let found):
            "field \(quoted(field)) is \(found), not \(expected)"
        case .wrongElementCount(let field, let expected, let found):
            "field \(quoted(field)) has \(found) elements, not \(expected)"
        case .outOfRange(let field, let value, let allowed):
            "field \(quoted(field)) is \(value), outside \(allowed.lowerBound) to \(allowed.upperBound)"
        case .wrongLength(let field, let bytes, let allowed):
            "field \(quoted(field)) has \(bytes) bytes, not \(allowed.lowerBound) to \(allowed.upperBound)"
        case .controlCharacter(let field): "field \(quoted(field)) holds a control character"
        case .tooMany(let field, let count, let limit):
            "field \(quoted(field)) has \(count) elements, more than \(limit)"
        default: nil
        }
    }

    private var orderFinding: String {
        switch self {
        case .numberNotRising(let number, let previous):
            "field \"n\": number \(number) follows \(previous) and does not rise"
        case .timeFalling(let time, let previous): "field \"t\": time \(time) lies before \(previous), the line before it"
        case .repeatedOrder(let id): "field \"id\": order \(quoted(id)) was made before"
        case .repeatedReceipt(let id): "field \"id\": receipt \(quoted(id)) was booked before"
        case .orderNeverMade(let id): "field \"id\": order \(quoted(id)) was never made"
        case .statusBackwards(let order, let from, let to):
            "field \"st\": order \(quoted(order)) would go back from \(from) to \(to)"
        case .tooManyIds(let limit): "has more than \(limit) orders or receipts"
        default: "cannot be read"
        }
    }

    private var advice: String {
        switch self {
        case .unreadable: "check the path and its permissions"
        case .empty, .noHeader: "a log starts with a header line {\"k\":\"h\",\"v\":1,...}"
        case .truncated, .corrupt, .cutShort: "copy or record the file again"
        case .invalidUTF8: "write the log as UTF-8"
        case .unknownVersion: "this program reads version \(LogHeader.currentVersion)"
        case .unknownKind: "known are o, s, r and c"
        case .unknownStatus: "known are \(LogStatus.allCases.map(\.rawValue).joined(separator: ", "))"
        case .unknownField: "remove it, or see log-format.md for the fields of this kind"
        case .secondHeader: "split the file into one log for each header"
        case .numberNotRising, .timeFalling: "sort the events by time and number them anew"
        case .repeatedOrder, .repeatedReceipt: "remove the repetition or give it an id of its own"
        case .orderNeverMade: "record its \"o\" line first"
        case .statusBackwards: "remove the line; a status never goes back"
        case .tooManyIds: "split the log"
        default: "correct the line; see log-format.md"
        }
    }
}

/// `text` in quotes, cut to what a message needs.
private func quoted(_ text: String) -> String {
    let limit = 80
    return text.unicodeScalars.count > limit
        ? "\"\(printable(String(text.unicodeScalars.prefix(limit))))...\"" : "\"\(printable(text))\""
}

/// `text` without what could move a terminal's cursor or reverse its writing.
private func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
        default: result.append(scalar)
        }
    }
    return String(result)
}
