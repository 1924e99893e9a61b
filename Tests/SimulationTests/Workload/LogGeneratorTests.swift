import Simulation
import Testing

@Suite struct LogGeneratorTests {
    /// Length and FNV-1a of logs whose SHA-256 was compared with that of the reference program's.
    @Test(arguments: [
        (LogShape.Size.tiny, UInt64(1), 383_711, UInt64(0x0986_2601_D7EA_09EB)),
        (.tiny, 0, 381_540, 0x0544_685B_41DB_5B6B),
        (.tiny, 7, 379_942, 0x7E99_342B_24AF_6544),
        (.tiny, UInt64(Int64.max), 382_450, 0x392B_9AB4_A13B_0017),
        (.small, 1, 3_866_385, 0x4CF1_B09E_A763_4C61),
    ])
    func `a named size has the reference bytes`(_ size: LogShape.Size, _ seed: UInt64, _ count: Int, _ digest: UInt64) throws {
        #expect(try Fingerprint(of: LogGenerator(size: size, seed: seed)) == Fingerprint(count: count, digest: digest))
    }

    @Test(arguments: [
        ([3, 2, 7, 40, 5], UInt64(1 << 40 + 3), 15_358, UInt64(0x90A7_A59F_2EEF_24F6)),
        ([1, 3, 300, 3000, 1], 5, 338_758, 0xC926_572B_954F_DEDF),
        ([1, 1, 1, 1, 1], 1, 531, 0x6DDE_C5E6_C6E4_B2FF),
        ([1, 2, 2500, 9000, 50], 3, 1_882_226, 0x1C80_7E5E_9D0F_F002),
    ])
    func `any other shape has the reference bytes`(_ shape: [Int], _ seed: UInt64, _ count: Int, _ digest: UInt64) throws {
        let shape = try LogShape(
            stores: shape[0], days: shape[1], ordersPerStoreAndDay: shape[2], skus: shape[3], customers: shape[4])
        #expect(try Fingerprint(of: LogGenerator(shape: shape, seed: seed)) == Fingerprint(count: count, digest: digest))
    }

    @Test func `chunks are bounded and end with a line`() throws {
        try LogGenerator(size: .tiny, seed: 1).generate { chunk in
            #expect(chunk.count < 1 << 17)
            #expect(chunk.last == UInt8(ascii: "\n"))
        }
    }

    @Test func `the events are those of the text`() throws {
        let generator = try LogGenerator(size: .tiny, seed: 3)
        var bytes: [UInt8] = []
        generator.generate { bytes += $0 }
        var events: [LogEvent] = []
        generator.forEachEvent { events.append($0) }
        var reader = try LogReader(bytes: bytes)
        #expect(reader.header == generator.header)
        #expect(try LogText.rest(&reader) == events)
    }

    @Test func `replayed in order, no stock falls below zero`() throws {
        var stock: [String: Int64] = [:]
        try LogGenerator(size: .tiny, seed: 1).forEachEvent { event in
            switch event.kind {
            case .receipt(let receipt):
                for line in receipt.lines { stock[event.replica + line.sku, default: 0] += line.quantity }
            case .order(let order):
                for line in order.lines { stock[event.replica + line.sku, default: 0] -= line.quantity }
                #expect(order.lines.allSatisfy { stock[event.replica + $0.sku, default: 0] >= 0 })
            case .status, .customer: break
            }
        }
    }

    @Test func `a sink that throws ends the generation`() throws {
        struct Full: Error {}
        var chunks = 0
        let generator = try LogGenerator(size: .tiny, seed: 1)
        #expect(throws: Full.self) {
            try generator.generate { _ in
                chunks += 1
                throw Full()
            }
        }
        #expect(chunks == 1)
    }

    @Test func `a shape or a seed that no log can have is refused`() throws {
        #expect(throws: LogShapeError.outOfRange(figure: "stores", value: 0, allowed: 1...10_000)) {
            try LogShape(stores: 0, days: 1, ordersPerStoreAndDay: 1, skus: 1, customers: 1)
        }
        #expect(throws: LogShapeError.outOfRange(figure: "orders", value: 100_000_000, allowed: 1...10_000_000)) {
            try LogShape(stores: 10_000, days: 10_000, ordersPerStoreAndDay: 1, skus: 1, customers: 1)
        }
        let error = LogShapeError.seedTooLarge(1 << 63)
        #expect(throws: error) { try LogGenerator(size: .tiny, seed: 1 << 63) }
        #expect("\(error)" == "seed 9223372036854775808 is too large; choose one up to 9223372036854775807")
    }
}

/// Length and FNV-1a hash (64 bits) of a log.
private struct Fingerprint: Equatable {
    var count = 0
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325

    init(count: Int, digest: UInt64) {
        self.count = count
        self.digest = digest
    }

    init(of generator: LogGenerator) {
        generator.generate { chunk in
            count += chunk.count
            for byte in chunk { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
    }
}
