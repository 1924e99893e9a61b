import CRDT
import Replica
import Retail
import Testing

@Suite struct CatalogueTests {
    @Test func `an article says itself what it can, and for the rest what its product says`() throws {
        let store = try TestShop().store(1)
        let shirt = try #require(try store.replica.article(try identifier("SHIRT-M"), at: 1))
        #expect(shirt.name == "Shirt")
        #expect(try shirt.category == identifier("clothes"))
        #expect(shirt.variant.map(\.axis) == ["size", "colour"], "in the product's order")
        #expect(shirt.title == "Shirt, M, blue")
        #expect(shirt.unit == .piece && !shirt.isDraft)
        #expect(try store.replica.article(try identifier("APPLE"), at: 1)?.unit == .gram)
        #expect(try store.replica.article(try identifier("NEVER"), at: 1) == nil)
    }

    @Test func `two edits of one article at two places both stand, unless they are of one field`() throws {
        let shop = try TestShop()
        let (one, other) = (shop.headquarters, try TestMember(9))
        try other.take(from: one)
        let tea = try identifier("TEA")
        try one.perform { try $0.edit(article: tea, [("name", .text("Green tea"))], in: .chain) }
        try other.perform {
            try $0.edit(
                article: tea, [("description", .text("From Assam"))], variant: [(try identifier("pack"), "100 g")], in: .chain)
        }
        try one.take(from: other)
        try other.take(from: one)
        for member in [one, other] {
            let article = try #require(try member.replica.article(tea, at: nil))
            #expect(article.title == "Green tea, 100 g" && article.description == "From Assam")
        }
    }

    @Test func `what is as it was is not written again`() throws {
        let shop = try TestShop()
        let before = shop.headquarters.vectors
        try shop.headquarters.perform { transaction in
            try transaction.edit(article: try identifier("TEA"), [("name", .text("Tea"))], in: .chain)
            try transaction.setPrice(of: try identifier("TEA"), to: 350, in: .chain)
            try transaction.edit(article: try identifier("TEA"), [("picture", .nothing)], in: .chain)
        }
        #expect(shop.headquarters.vectors == before)
    }

    @Test func `a store's draft is sold there, and nowhere else`() throws {
        let shop = try TestShop()
        let (store, other) = (try shop.store(1), try shop.store(2))
        let jam = try identifier("JAM")
        try store.perform { transaction in
            try transaction.edit(article: jam, [("name", .text("Jam"))], in: .drafts(of: 1))
            try transaction.setPrice(of: jam, to: 490, in: .drafts(of: 1))
            try transaction.file(code: "4006381333931", for: jam, in: .drafts(of: 1))
        }
        try other.take(from: store)
        #expect(try store.replica.article(jam, at: 1)?.isDraft == true)
        #expect(try store.replica.price(of: jam, for: Buyer(store: 1), at: 0)?.amount == 490)
        #expect(try store.replica.scan("4006381333931", at: 1).sku == jam)
        #expect(try other.replica.article(jam, at: 2) == nil)
        let refusal = try other.refusal { _ = try $0.sell(try .of(.of("JAM")), at: Till(2)) }
        #expect(refusal?.code == "unknown-article" && refusal?.field == "lines[0].sku")
    }

    // MARK: Forms

    private func refusal(_ inputs: [(name: String, input: Form.Input)]) throws -> Problem? {
        try TestShop().headquarters.refusal { try $0.edit(article: try identifier("TEA"), inputs, in: .chain) }
    }

    @Test func `a form that is filled in badly changes nothing, and says where and why`() throws {
        #expect(try refusal([("name", .text("A")), ("colour", .text("red"))])?.code == "unknown-field")
        #expect(try refusal([("name", .text("A")), ("name", .text("B"))])?.code == "field-twice")
        #expect(try refusal([("name", .integer(3))])?.code == "wrong-kind")
        #expect(try refusal([("name", .text(String(repeating: "ä", count: 201)))])?.code == "too-long")
        #expect(try refusal([("name", .text("a\u{7}b"))])?.code == "unprintable")
        #expect(try refusal([("name", .text("a\nb"))])?.code == "unprintable")
        #expect(try refusal([("description", .text("a\nb"))]) == nil, "a description has lines")
        #expect(try refusal([("unit", .text("pound"))])?.code == "unknown-choice")
        #expect(try refusal([("category", .text("shoes"))])?.code == "unknown-reference")
        #expect(try refusal([("tax", .text(" "))])?.code == "malformed-id")
        #expect(try refusal([("withdrawn", .text("tomorrow"))])?.code == "wrong-kind")
        #expect(try refusal([("withdrawn", .integer(.max))])?.code == "out-of-range")
        let fields = try refusal([("unit", .text("pound"))])
        #expect(fields?.field == "unit" && fields?.remedy.contains("gram") == true)
    }
}
