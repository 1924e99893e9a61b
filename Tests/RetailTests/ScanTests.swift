import CRDT
import Replica
import Retail
import Testing

@Suite struct ScanTests {
    @Test(
        arguments: [
            ("4006381333931", 4_006_381_333_931), ("96385074", 96_385_074), ("036000291452", 36_000_291_452),
            ("10614141000415", 10_614_141_000_415), ("00000000000000", 0),
        ] as [(String, UInt64)])
    func `the last digit of a GTIN checks the others`(_ text: String, _ number: UInt64) throws {
        #expect(try GTIN(text).number == number)
        for digit in 0...9 where !text.hasSuffix("\(digit)") {
            #expect(throws: ScanCodeError.self) { try GTIN(text.dropLast() + "\(digit)") }
        }
    }

    @Test(arguments: ["", "4006381333930", "400638133393", "40063813339310", "４００６３８１３３３９３１", "400638133393a"])
    func `anything else is no GTIN`(_ text: String) {
        #expect(throws: ScanCodeError.self) { try GTIN(text) }
    }

    private func shelf() throws -> TestMember {
        let shop = try TestShop()
        try shop.headquarters.perform { transaction in
            try transaction.file(code: "4006381333931", for: try identifier("TEA"), in: .chain)
            try transaction.file(code: "14006381333938", for: try identifier("TEA"), quantity: 12, in: .chain)
            try transaction.file(code: "SHELF-7", for: try identifier("SHIRT-M"), in: .chain)
            try transaction.file(code: "2112345", for: try identifier("APPLE"), in: .chain)
            try transaction.setMeasurePattern(try MeasurePattern("21IIIIIWWWWWC"))
            try transaction.setMeasurePattern(try MeasurePattern("22IIIIIPPPPPC"))
            try transaction.file(code: "2254321", for: try identifier("APPLE"), in: .chain)
        }
        return shop.headquarters
    }

    @Test func `a code stands for an article, and for how much of it`() throws {
        let shelf = try shelf().replica
        func scan(_ text: String) throws -> Scan { try shelf.scan(text, at: 1) }
        #expect(try scan("4006381333931") == Scan(sku: try identifier("TEA"), amount: .quantity(1)))
        #expect(try scan("04006381333931") == Scan(sku: try identifier("TEA"), amount: .quantity(1)), "the same in 14 digits")
        #expect(try scan("14006381333938") == Scan(sku: try identifier("TEA"), amount: .quantity(12)), "a carton")
        #expect(try scan("SHELF-7").sku == (try identifier("SHIRT-M")))
        #expect(try scan("SHIRT-L").sku == (try identifier("SHIRT-L")), "its own number")
        #expect(try scan("2112345012506") == Scan(sku: try identifier("APPLE"), amount: .quantity(1250)), "1.25 kg")
        #expect(try scan("2254321004997") == Scan(sku: try identifier("APPLE"), amount: .price(499)))
    }

    @Test func `a wrong code says what is wrong with it`() throws {
        let shelf = try shelf()
        func refusal(_ text: String) throws -> Problem? { try shelf.refusal { _ = try $0.scan(text, at: 1) } }
        let wrong = try refusal("4006381333932")
        #expect(wrong?.code == "wrong-check-digit" && wrong?.detail.contains("should be 1") == true)
        #expect(try refusal("96385074")?.code == "unknown-code")
        #expect(try refusal("2199999012502")?.code == "unknown-code", "a label of nothing that is on file")
        #expect(try refusal("")?.code == "malformed-code")
        #expect(try refusal("a\u{0}")?.code == "malformed-code")
        #expect(try refusal(String(repeating: "9", count: 41))?.code == "malformed-code")
    }

    @Test func `a code belongs to one article, and two that were given it apart are both in sight`() throws {
        let shelf = try shelf()
        let taken = try shelf.refusal { try $0.file(code: "4006381333931", for: try identifier("SHIRT-M"), in: .chain) }
        #expect(taken?.code == "code-taken")
        #expect(
            try shelf.refusal { try $0.file(code: "4006381333930", for: try identifier("TEA"), in: .chain) }?.code
                == "wrong-check-digit")
        #expect(
            try shelf.refusal { try $0.file(code: "A", for: try identifier("TEA"), quantity: 0, in: .chain) }?.code
                == "out-of-range")
        #expect(
            try shelf.refusal { try $0.file(code: "A", for: try identifier("NONE"), in: .chain) }?.code == "unknown-article")
        let other = try TestMember(9)
        try other.take(from: shelf)
        try shelf.perform { try $0.file(code: "NEW", for: try identifier("TEA"), in: .chain) }
        try other.perform { try $0.file(code: "NEW", for: try identifier("SHIRT-M"), in: .chain) }
        try shelf.take(from: other)
        let register = try shelf.replica.record(RetailSchema.barcode(try identifier("NEW"))).register(SlotKey(field: 1))
        #expect(register?.losers.count == 1)
        try shelf.perform { try $0.withdraw(code: "NEW", in: .chain) }
        #expect(try shelf.refusal { _ = try $0.scan("NEW", at: 1) }?.code == "unknown-code")
    }

    @Test(arguments: ["", "21IIIIIWWWWW", "31IIIIIWWWWWC", "21IIIIIWWPPWC", "21IIWIIWWWWWC", "2112345012345", "21IIIIIKKKKKC"])
    func `a pattern that says no measure is refused`(_ text: String) {
        #expect(throws: ScanCodeError.malformedPattern(text)) { try MeasurePattern(text) }
    }

    @Test(
        arguments: [
            ("3", Unit.piece, 3), ("-3", .piece, -3), ("3 pcs", .piece, 3), ("1.25 kg", .gram, 1250), ("1.25kg", .gram, 1250),
            ("0.0010 kg", .gram, 1), ("300", .gram, 300), ("300 g", .gram, 300), ("1.5 l", .millilitre, 1500),
            ("12.5 cm", .millimetre, 125),
        ] as [(String, Unit, Int64)])
    func `a quantity is read as people write it`(_ text: String, _ unit: Unit, _ quantity: Int64) throws {
        #expect(try unit.quantity(text) == quantity)
        #expect(try unit.quantity(unit.text(quantity)) == quantity)
    }

    @Test(arguments: [
        "", "kg", "1.2.3", "1,5", "1.0005 kg", "1.5", "0x10", "1e3", "٣", "-", "99999999999999999999", "1000000001",
    ])
    func `what is no quantity is refused, and never rounded`(_ text: String) {
        #expect(throws: QuantityError.self) { try Unit.gram.quantity(text) }
    }

    @Test func `a quantity in another unit is refused with the right ones`() {
        #expect(throws: QuantityError.wrongUnit("3 kg", expected: .piece)) { try Unit.piece.quantity("3 kg") }
        let problem = CatalogueError.quantity(.wrongUnit("3 l", expected: .gram), field: "lines[0].quantity").problem
        #expect(problem.code == "wrong-unit" && problem.field == "lines[0].quantity" && problem.remedy.contains("kg, g"))
    }
}
