import Node
import Replica
import Testing

@Suite struct TokenTests {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private static func token(name: String = "S012", address: String = "hq.example.com:7400") throws -> InviteToken {
        InviteToken(
            chain: Hash128(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210), member: 12, name: name,
            authority: (0..<32).map { UInt8($0 * 7) }, secret: (0..<16).map { UInt8(255 - $0) },
            expires: 1_767_225_600_000, address: try #require(NodeAddress(address)))
    }

    @Test func `the example of the specification, which another program made, is what this one writes and reads`() throws {
        let text =
            "040J6HB5-7H6NWVV0-ZYVJX9GQ-XJM68802-R0071RA6-HR8SA64X-W3YHJDA1-HDP4TBG5-EXZ8B34E-KKAGTHBG-"
            + "XPQQ2CQX-MPSZZZFS-VZ7VZBWC-ZHXZPYQZ-TF7WQHY5-3R6JNDSN-009PGW9G-ECNW62VK-BGDHJJWT-RVFDMX38-"
            + "ED1G602G-56C1H6AB-HP2K6JB"
        #expect(try Self.token().text == text)
        #expect(try InviteToken(text: text) == Self.token())
    }

    @Test func `a token reads as what was written, however it was copied`() throws {
        let token = try Self.token()
        let text = token.text
        let variants = [
            text, text.lowercased(), text.replacing("-", with: ""), text.replacing("-", with: " "),
            text.replacing("-", with: "\u{2013}"), " " + text.replacing("-", with: "\r\n") + "\n",
            text.replacing("0", with: "O").replacing("1", with: "l"), text.replacing("1", with: "I").replacing("0", with: "o"),
            String(String.UnicodeScalarView(text.unicodeScalars.map { UnicodeScalar($0.value + 0xFEE0) ?? $0 })),
            text.replacing("-", with: "\u{200B}\u{2060}"),
        ]
        for variant in variants { #expect(try InviteToken(text: variant) == token, "\(variant)") }
    }

    @Test(arguments: ["S012", "1", "Filiale Köln-Süd", "上海一店", String(repeating: "x", count: 64)])
    func `names and addresses of every length come back`(_ name: String) throws {
        for address in ["a:1", "10.0.0.7:7400", "[2001:db8::7]:65535", String(repeating: "h", count: 200) + ":7400"] {
            let token = try Self.token(name: name, address: address)
            #expect(try InviteToken(text: token.text) == token)
        }
    }

    @Test func `every single wrong letter is found, and its group is named`() throws {
        let letters = Array(try Self.token().text)
        for position in letters.indices where letters[position] != "-" {
            for other in Self.alphabet where other != letters[position] {
                var wrong = letters
                wrong[position] = other
                let error = #expect(throws: TokenError.self) { _ = try InviteToken(text: String(wrong)) }
                guard case .mistyped(let group, _) = error else {
                    Issue.record("\(String(describing: error)) at \(position)")
                    continue
                }
                #expect(group == position / 9 + 1)
            }
        }
    }

    @Test func `two neighbours in each other's place are found, within a group and across groups`() throws {
        let letters = Array(try Self.token().text.replacing("-", with: ""))
        for position in letters.indices.dropLast() where letters[position] != letters[position + 1] {
            var wrong = letters
            wrong.swapAt(position, position + 1)
            #expect(throws: TokenError.self) { _ = try InviteToken(text: String(wrong)) }
        }
    }

    @Test func `letters and groups that are lost, doubled or exchanged are found`() throws {
        let groups = try Self.token().text.split(separator: "-").map(String.init)
        let letters = Array(groups.joined())
        for position in letters.indices {
            var (lost, doubled) = (letters, letters)
            lost.remove(at: position)
            doubled.insert(letters[position], at: position)
            #expect(throws: TokenError.self) { _ = try InviteToken(text: String(lost)) }
            #expect(throws: TokenError.self) { _ = try InviteToken(text: String(doubled)) }
        }
        for first in groups.indices {
            var (lost, doubled) = (groups, groups)
            lost.remove(at: first)
            doubled.insert(groups[first], at: first)
            #expect(throws: TokenError.self) { _ = try InviteToken(text: lost.joined()) }
            #expect(throws: TokenError.self) { _ = try InviteToken(text: doubled.joined()) }
            for second in groups.indices where second > first {
                var exchanged = groups
                exchanged.swapAt(first, second)
                #expect(throws: TokenError.self) { _ = try InviteToken(text: exchanged.joined()) }
            }
        }
        for count in groups.indices {
            let error = #expect(throws: TokenError.self) { _ = try InviteToken(text: groups.prefix(count).joined()) }
            #expect(error == (count == 0 ? .empty : .incomplete))
        }
    }

    @Test(arguments: [
        ("", "there is no token"), (" - \n", "there is no token"), ("U", "\"U\" (letter 1)"), ("ABCU", "\"U\" (letter 4)"),
        ("äöü", "(letter 1) is in no token"), ("0", "mistyped"),
        (String(repeating: "0", count: 3_000), "more than 2048 letters"),
    ])
    func `what is no token says so`(_ text: String, _ says: String) throws {
        let error = #expect(throws: TokenError.self) { _ = try InviteToken(text: text) }
        #expect(error.map { "\($0)".contains(says) } == true, "\(String(describing: error))")
    }

    @Test func `an error shows one group of the secret and no more`() throws {
        let text = try Self.token().text
        let groups = text.split(separator: "-").map(String.init)
        var letters = Array(text)
        letters[100] = letters[100] == "7" ? "8" : "7"
        let error = #expect(throws: TokenError.self) { _ = try InviteToken(text: String(letters)) }
        #expect(groups.filter { "\(String(describing: error))".contains($0) }.isEmpty)
    }

    @Test(arguments: ["a:1", "hq.example.com:7400", "10.0.0.7:0", "[::1]:7400", "[fe80::1%eth0]:7400"])
    func `an address reads as it is written`(_ text: String) throws {
        #expect(try #require(NodeAddress(text)).description == text)
    }

    @Test(arguments: [
        "", ":", "a", "a:", ":7400", "a:65536", "a:-1", "a:07400", "a:+1", "::1:7400", "[::1]", "[]:1", "[a]:1", "a b:1",
        "a/b:1",
        "ä:1", "a:1 ", String(repeating: "h", count: 300) + ":1",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(NodeAddress(text) == nil)
    }
}
