/// Bytes as a text that survives a chat, a telephone and a screen: Crockford's base 32 in groups of eight letters, the last of
/// which checks the others.
///
/// Letter case, spaces, line breaks and dashes mean nothing; O is read as 0, I and L as 1; U is no letter. The check of a group
/// is a remainder over GF(32) that begins with the group's number, so that one wrong letter, two exchanged neighbours or two
/// exchanged groups are always found, and the group is named. The form of bytes is unique (`Protocol/enrolment.md`, section 2).
enum TokenText {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    private static let groupLetters = 8
    /// Far more than any token has.
    private static let letterLimit = 2_048

    static func encode(_ bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        var (pending, bits) = (0, 0)
        for byte in bytes {
            (pending, bits) = (pending << 8 | Int(byte), bits + 8)
            while bits >= 5 {
                bits -= 5
                letters.append(UInt8(pending >> bits & 31))
            }
            pending &= 31
        }
        if bits > 0 { letters.append(UInt8(pending << (5 - bits) & 31)) }
        let size = groupLetters - 1
        let groups = stride(from: 0, to: letters.count, by: size).map { start in
            let group = letters[start..<min(start + size, letters.count)]
            return String((group + [check(of: group, number: start / size)]).map { alphabet[Int($0)] })
        }
        return groups.joined(separator: "-")
    }

    /// - Throws: the first group that is wrong, or that letters are missing or too many.
    static func decode(_ text: String) throws(TokenError) -> [UInt8] {
        let letters = try letters(of: text)
        guard !letters.isEmpty else { throw .empty }
        var data: [UInt8] = []
        for (number, start) in stride(from: 0, to: letters.count, by: groupLetters).enumerated() {
            let group = letters[start..<min(start + groupLetters, letters.count)]
            guard let last = group.last, group.count > 1, check(of: group.dropLast(), number: number) == last else {
                throw .mistyped(group: number + 1, text: String(group.map { alphabet[Int($0)] }))
            }
            data += group.dropLast()
        }
        return try bytes(of: data)
    }

    private static func bytes(of letters: [UInt8]) throws(TokenError) -> [UInt8] {
        var bytes: [UInt8] = []
        var (pending, bits) = (0, 0)
        for letter in letters {
            (pending, bits) = (pending << 5 | Int(letter), bits + 5)
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(pending >> bits & 255))
            pending &= 255
        }
        // What is left over is the filling of the last letter: less than a letter, and zero.
        guard bits < 5, pending & (1 << bits - 1) == 0 else { throw .incomplete }
        return bytes
    }

    private static func letters(of text: String) throws(TokenError) -> [UInt8] {
        var letters: [UInt8] = []
        for scalar in text.unicodeScalars where !isIgnored(scalar) {
            guard let letter = value(of: scalar) else { throw .strangeLetter(String(scalar), position: letters.count + 1) }
            guard letters.count < letterLimit else { throw .tooLong(limit: letterLimit) }
            letters.append(letter)
        }
        return letters
    }

    /// What chats and terminals put between letters: blanks, line breaks, dashes of any kind, invisible signs.
    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .dashPunctuation, .spaceSeparator, .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static func value(of scalar: Unicode.Scalar) -> UInt8? {
        // East Asian keyboards write wide letters.
        let narrow = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
        guard let ascii = UInt8(exactly: narrow), ascii < 0x80 else { return nil }
        switch Character(UnicodeScalar(ascii)).uppercased() {
        case "O": return 0
        case "I", "L": return 1
        case let letter: return alphabet.firstIndex { String($0) == letter }.map(UInt8.init)
        }
    }

    /// The remainder modulo x^5 + x^2 + 1, whose powers of x are all different for 31 places.
    private static func check(of group: some Sequence<UInt8>, number: Int) -> UInt8 {
        var state = UInt8(number % 31 + 1)
        for letter in group {
            state = state << 1 ^ (state & 16 == 0 ? 0 : 0b10_0101)
            state ^= letter
        }
        return state << 1 & 31 ^ (state & 16 == 0 ? 0 : 0b0_0101)
    }
}
