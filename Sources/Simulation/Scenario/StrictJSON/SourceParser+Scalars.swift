extension SourceParser {
    /// Longer than any number that a person or an encoder writes.
    private static let maximumNumberBytes = 128

    /// Passes a text in quotation marks.
    mutating func string() throws(SourceFault) -> String {
        position += 1
        var bytes: [UInt8] = []
        while true {
            let start = position
            skip { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            bytes += text.bytes[start..<position]
            if passes("\"") { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else { throw unexpected(instead: "a quotation mark after the text") }
            bytes += try escape().utf8
        }
    }

    /// Passes a number. Integers stay exact; others become the nearest `Double`.
    mutating func number() throws(SourceFault) -> SourceValue.Content {
        let start = position
        _ = passes("-")
        if passes("0") {
            guard byte.map(Self.isDigit) != true else { throw unexpected(instead: "a number without zeros before it") }
        } else {
            try digits()
        }
        let integerEnd = position
        if passes(".") { try digits() }
        if passes("e") || passes("E") {
            if !passes("+") { _ = passes("-") }
            try digits()
        }
        return try content(start..<position, isInteger: position == integerEnd)
    }

    private func content(_ range: Range<Int>, isInteger: Bool) throws(SourceFault) -> SourceValue.Content {
        guard range.count <= Self.maximumNumberBytes else {
            throw SourceFault(
                offset: range.lowerBound,
                problem: .oversized(what: "the number", bytes: range.count, limit: Self.maximumNumberBytes))
        }
        let bytes = text.bytes[range]
        let digits = String(decoding: bytes, as: UTF8.self)
        if isInteger {
            if let integer = Int128(digits), (Int128(Int64.min)...Int128(UInt64.max)).contains(integer) {
                return .integer(integer)
            }
        } else if let real = Double(digits), real.isFinite {
            // What is too small for a Double would silently become zero.
            let mantissa = bytes.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
            let isZero = !mantissa.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
            if real.isZero == isZero { return .real(real) }
        }
        throw SourceFault(offset: range.lowerBound, problem: .unrepresentable(number: digits))
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Passes one digit or more.
    private mutating func digits() throws(SourceFault) {
        guard byte.map(Self.isDigit) == true else { throw unexpected(instead: "a digit") }
        skip(while: Self.isDigit)
    }

    /// Passes a backslash and what belongs to it, the second half of a surrogate pair included.
    private mutating func escape() throws(SourceFault) -> String {
        let start = position
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return pass("\"")
        case UInt8(ascii: "\\"): return pass("\\")
        case UInt8(ascii: "/"): return pass("/")
        case UInt8(ascii: "b"): return pass("\u{8}")
        case UInt8(ascii: "f"): return pass("\u{C}")
        case UInt8(ascii: "n"): return pass("\n")
        case UInt8(ascii: "r"): return pass("\r")
        case UInt8(ascii: "t"): return pass("\t")
        case UInt8(ascii: "u"): break
        default: throw unexpected(instead: #"one of "\/bfnrtu after a backslash"#)
        }
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]), byte == UInt8(ascii: "\\") {
            position += 1
            guard byte == UInt8(ascii: "u") else { throw loneSurrogate(at: start) }
            units.append(try codeUnit())
        }
        guard let text = String(validating: units, as: UTF16.self) else { throw loneSurrogate(at: start) }
        return text
    }

    private mutating func pass(_ meaning: String) -> String {
        position += 1
        return meaning
    }

    /// Passes `u` and four hexadecimal digits.
    private mutating func codeUnit() throws(SourceFault) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = byte.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw unexpected(instead: "four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    private func loneSurrogate(at offset: Int) -> SourceFault {
        SourceFault(offset: offset, problem: .syntax(expected: "a pair of surrogates", found: "half of one"))
    }
}
