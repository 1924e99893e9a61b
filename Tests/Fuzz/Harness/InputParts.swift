/// An input of several parts: cut at a separator, not by lengths, so that a mutation of one part leaves the others whole.
enum InputParts {
    /// No UTF-8 holds these bytes. libFuzzer is told of them (`Tests/Fuzz/separator.dict`).
    static let separator: [UInt8] = [0xC1, 0xC1, 0xC1, 0xC1]
    /// The most parts that are looked at: each costs time.
    static let limit = 16

    static func split(_ bytes: some Collection<UInt8>) -> [[UInt8]] {
        let bytes = Array(bytes)
        var parts: [[UInt8]] = [[]]
        var index = 0
        while index < bytes.count, parts.count <= limit {
            if bytes[index] == separator[0], bytes[index...].starts(with: separator) {
                parts.append([])
                index += separator.count
            } else {
                parts[parts.count - 1].append(bytes[index])
                index += 1
            }
        }
        return Array(parts.prefix(limit))
    }

    static func join(_ parts: [[UInt8]]) -> [UInt8] {
        Array(parts.joined(separator: separator))
    }
}
