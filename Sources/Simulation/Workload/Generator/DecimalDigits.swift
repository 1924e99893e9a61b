/// `value`, which must not be negative, with leading zeros up to `digits`.
func decimal(_ value: Int, digits: Int) -> String {
    let text = String(value)
    return text.utf8.count < digits ? String(repeating: "0", count: digits - text.utf8.count) + text : text
}
