import CRDT
import Replica
import Retail
import Testing

@Suite struct OrderTests {
    @Test(arguments: ["card", "cash", "mobile", "voucher", "cheque of 1974", ""])
    func `an order reads as it was placed, however it was paid`(_ payment: String) throws {
        let store = try TestMember(1)
        let order = try NewOrder.of(
            "S-1", [("P1", 2), ("P2", 1), ("P1", 3)], customer: "C1", payment: payment, points: 12)
        try store.perform { try $0.place(order, at: 1) }
        let view = try store.order("S-1")
        #expect(view.id == order.id && view.store == 1)
        #expect(view.customer == order.customer)
        #expect(view.payment == payment)
        #expect(view.total == 1234 && view.placed == 1_700_000_000_000)
        #expect(view.lines == order.lines, "a line that is there twice counts twice")
        #expect(view.points == 12)
        #expect(view.statusName == "new")
        #expect(try [store.stock("P1").sold, store.stock("P2").sold] == [5, 1])
        #expect(try store.points("C1") == 12)
    }

    @Test func `the usual ways to pay are numbered apart`() throws {
        let store = try TestMember(1)
        let names = ["card", "cash", "mobile", "voucher"]
        let numbers = try names.map { name in
            try store.perform { try $0.place(NewOrder.of(name, [], payment: name), at: 1) }
            let key = RetailSchema.order(try identifier(name), of: 1)
            return try store.replica.record(key).register(SlotKey(field: RetailSchema.Order.payment))?.value
        }
        #expect(numbers == [.integer(0), .integer(1), .integer(2), .integer(3)], "they are on disks: they never change")
    }

    @Test func `an order without a customer earns nobody points`() throws {
        let store = try TestMember(1)
        try store.perform { try $0.place(NewOrder.of("S-1", [("P1", 1)], points: 5), at: 1) }
        #expect(try store.order("S-1").customer == nil)
        #expect(try store.order("S-1").points == 0)
    }

    @Test func `a number is given once, and a second order under it changes nothing`() throws {
        let store = try TestMember(1)
        try store.perform { try $0.place(NewOrder.of("S-1", [("P1", 2)]), at: 1) }
        let before = store.vectors
        let again = try NewOrder.of("S-1", [("P1", 9)])
        #expect(throws: RetailError.exists(RetailSchema.order(again.id, of: 1))) {
            try store.perform { try $0.place(again, at: 1) }
        }
        #expect(store.vectors == before)
        #expect(try store.stock("P1").sold == 2)
        #expect(throws: RetailError.exists(RetailSchema.order(again.id, of: 1))) {
            try store.perform {
                let other = try NewOrder.of("S-2", [("P1", 1)])
                try $0.place(other, at: 1)
                try $0.place(again, at: 1)
            }
        }
        #expect(try store.order("S-2").total == nil, "all of a transaction or nothing")
        #expect(store.vectors == before)
    }

    @Test func `what leaves its limits is refused before anything is written`() throws {
        let store = try TestMember(1)
        let late = try NewOrder.of("S-1", [("P1", 1)])
        let cases: [(WritableKeyPath<NewOrder, Int64>, Int64)] = [(\.placed, .max), (\.placed, .min)]
        for (field, value) in cases {
            var order = late
            order[keyPath: field] = value
            #expect(throws: ReplicaError.self) { try store.perform { try $0.place(order, at: 1) } }
        }
        var wordy = late
        wordy.payment = String(repeating: "a", count: Limits.valueBytes + 1)
        #expect(throws: ReplicaError.self) { try store.perform { try $0.place(wordy, at: 1) } }
        #expect(store.vectors.isEmpty)
        #expect(try store.stock("P1").sold == 0)
    }

    // MARK: Status

    /// What lies above each status, written out by hand.
    private static let above: [OrderStatus: Set<OrderStatus>] = [
        .new: Set(OrderStatus.allCases).subtracting([.new]),
        .paid: Set(OrderStatus.allCases).subtracting([.new, .paid]),
        .confirmed: [.picking, .ready, .shipped, .done, .cancelled, .settled, .recalled, .returned, .upheld, .audited],
        .picking: [.ready, .shipped, .done, .cancelled, .settled, .recalled, .returned, .upheld, .audited],
        .ready: [.shipped, .done, .cancelled, .settled, .recalled, .returned, .upheld, .audited],
        .shipped: [.done, .settled, .recalled, .returned, .upheld, .audited],
        .done: [.settled, .recalled, .returned, .upheld, .audited],
        .cancelled: [.recalled, .returned, .upheld, .audited],
        .recalled: [.returned, .upheld, .audited], .settled: [.audited], .returned: [.audited], .upheld: [.audited],
        .audited: [],
    ]

    /// What is read where two ways were gone: an order that left though it was cancelled is recalled; all else waits for an audit.
    private static func branch(_ one: OrderStatus, _ other: OrderStatus) -> OrderStatus {
        let both: Set<OrderStatus> = [one, other]
        return both == [.shipped, .cancelled] || both == [.done, .cancelled] ? .recalled : .audited
    }

    @Test(arguments: OrderStatus.allCases)
    func `an order moves forward only`(_ status: OrderStatus) throws {
        #expect(OrderStatus(name: status.name) == status)
        for next in OrderStatus.allCases {
            let store = try TestMember(1)
            try store.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: status) }
            let before = store.vectors
            let isAllowed = Self.above[status, default: []].contains(next)
            let isBack = next == status || Self.above[next, default: []].contains(status)
            if isBack {
                #expect(throws: ReplicaError.self) {
                    try store.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: next) }
                }
                #expect(store.vectors == before)
                #expect(try store.order("S-1").statusName == status.name)
            } else {
                try store.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: next) }
                #expect(try store.order("S-1").statusName == (isAllowed ? next : Self.branch(status, next)).name)
            }
        }
    }

    @Test func `no name is none's status`() {
        for name in ["", "New", "new ", "lost", "unknown"] { #expect(OrderStatus(name: name) == nil) }
        #expect(Set(OrderStatus.allCases.map(\.name)).count == 13)
        #expect(OrderStatus.allCases.map(\.rawValue) == Array(0...12), "they are on disks: they never change")
    }

    @Test func `settled here and returned there waits for an audit, on both sides`() throws {
        let (store, headquarters) = (try TestMember(1), try TestMember(0))
        try store.perform { try $0.place(NewOrder.of("S-1", [("P1", 1)]), at: 1) }
        try headquarters.take(from: store)
        try headquarters.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: .settled) }
        try store.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: .returned) }
        #expect(try store.order("S-1").statusName == "returned")
        try headquarters.take(from: store)
        try store.take(from: headquarters)
        for member in [store, headquarters] {
            let view = try member.order("S-1")
            #expect(view.status.isBranched && view.status.heads == [3, 4])
            #expect(view.statusName == "audited")
        }
        try headquarters.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: .audited) }
        try store.take(from: headquarters)
        #expect(try store.order("S-1").status.heads == [5])
        #expect(try !store.order("S-1").status.isBranched)
    }

    @Test func `the farther of two concurrent moves on one way stands alone`() throws {
        let (store, headquarters) = (try TestMember(1), try TestMember(0))
        try store.perform { try $0.place(NewOrder.of("S-1", []), at: 1) }
        try headquarters.take(from: store)
        try headquarters.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: .done) }
        try store.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: .paid) }
        try store.take(from: headquarters)
        #expect(try store.order("S-1").status.heads == [2])
    }

    @Test func `a status may come before its order, which comes all the same`() throws {
        let (store, headquarters) = (try TestMember(1), try TestMember(0))
        try headquarters.perform { try $0.advance(order: try identifier("S-1"), of: 1, to: .settled) }
        let early = try headquarters.order("S-1")
        #expect(early.total == nil && early.placed == nil && early.lines.isEmpty && early.statusName == "settled")
        // The store hears of it before the order is entered there.
        try store.take(from: headquarters)
        try store.perform { try $0.place(NewOrder.of("S-1", [("P1", 1)]), at: 1) }
        try headquarters.take(from: store)
        for member in [store, headquarters] {
            #expect(try member.order("S-1").total == 1234)
            #expect(try member.order("S-1").statusName == "settled")
        }
    }

    // MARK: What others may send

    @Test func `a record that no command wrote is read as far as it makes sense`() throws {
        let key = RetailSchema.order(try identifier("S-1"), of: 1)
        let origin = Origin(rawValue: 7)
        func cell(_ field: UInt32, _ index: UInt64?, _ value: Value) -> Cell {
            let element: Element = index.map { .index($0) } ?? .none
            return Cell(
                slot: SlotKey(field: field, element: element), dot: Dot(origin: origin, sequence: 1), stamp: .none,
                content: .value(value))
        }
        let sku = Value.identifier(try identifier("P1"))
        let record = Record(sortedCells: [
            cell(RetailSchema.Order.customer, nil, .integer(1)), cell(RetailSchema.Order.payment, nil, .integer(99)),
            cell(RetailSchema.Order.total, nil, .text("a lot")), cell(RetailSchema.Order.status, nil, .integer(77)),
            cell(RetailSchema.Order.lines, 0, .tuple([sku])), cell(RetailSchema.Order.lines, 1, .integer(1)),
            cell(RetailSchema.Order.lines, 2, .tuple([sku, .integer(1), .integer(100)])),
            cell(RetailSchema.Order.pointsEarned, 0, .tuple([sku, .integer(.max)])),
            cell(RetailSchema.Order.pointsEarned, 1, .tuple([sku, .integer(.max)])),
        ])
        let view = OrderView(key, record) { Run(origin: $0.origin, high: 1, low: 1) }
        #expect(view.customer == nil && view.payment == nil && view.total == nil)
        #expect(view.statusName == "unknown")
        #expect(view.lines.count == 1)
        #expect(view.points == .max, "as much as can be shown")
    }
}
