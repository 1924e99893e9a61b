import CRDT
import Node
import Retail

extension Command {
    static let show = Command(
        name: "show", summary: "Print what one replica of a chain holds: stock, orders or customers.",
        details: """
            Money is in minor units, quantities are in the SKU's smallest unit, times are UTC. A store knows the points that
            it counted itself; HQ knows the sum.
            """,
        operands: [
            Operand(name: "WHAT", help: "stock, order or customer"),
            Operand(name: "ID", help: "only this SKU, order or customer", isRequired: false),
        ],
        options: [
            .chain("the chain's directory"),
            Option(name: "replica", value: "NAME", help: "whose copy to read: HQ or a store", isRequired: true),
            Option(name: "location", value: "NAME", help: "only what belongs to this store"), .json,
        ],
        examples: [
            "atoll show stock --dir chain --replica HQ --location S000",
            "atoll show order S000-0000001 --dir chain --replica S000 --json",
            "atoll show customer C0000012 --dir chain --replica HQ",
        ]
    ) { arguments in
        let what = arguments.operands[0]
        guard let kind = ShownKind(rawValue: what) else {
            let known = ShownKind.allCases.map(\.rawValue)
            throw CommandError.usage(
                "show knows \(known.joined(separator: ", ")), not \"\(what.printable)\"\(suggestion(what, among: known)).")
        }
        let chain = try ChainFolder.read(at: try arguments.required("dir"))
        let member = try chain.member(named: try arguments.required("replica"))
        let location = try arguments.value("location").map { try chain.member(named: $0) }
        let id = try arguments.operands.dropFirst().first.map(identifier)
        let directory = try chain.read(member)
        let shelf = Shelf(directory, chain.register, location: location)
        let count = try locating(directory.path) { try kind.list(shelf, id, isJSON: arguments.has("json")) }
        guard count == 0 else { return }
        if let id {
            throw CommandError.doesNotHold(
                "\(member.name) holds no \(kind.title) \("\(id)".printable). Check the id, "
                    + "or run: atoll exchange --dir \(chain.path)")
        }
        Diagnostics.line("atoll: \(member.name) holds no \(kind.plural) here yet.")
    }

    private static func identifier(_ text: String) throws(CommandError) -> Identifier {
        guard let id = Identifier(text) else { throw .usage("an id has 1 to \(Identifier.byteLimit) bytes.") }
        return id
    }
}

private enum ShownKind: String, CaseIterable {
    case stock, order, customer

    var title: String { self == .stock ? "stock of SKU" : rawValue }
    var plural: String { self == .stock ? "stock" : rawValue + "s" }

    /// - Returns: how many were listed.
    func list(_ shelf: Shelf, _ id: Identifier?, isJSON: Bool) throws -> Int {
        switch self {
        case .stock: try Self.stock(shelf, id, isJSON)
        case .order: try Self.orders(shelf, id, isJSON)
        case .customer: try Self.customers(shelf, id, isJSON)
        }
    }

    private static func stock(_ shelf: Shelf, _ id: Identifier?, _ isJSON: Bool) throws -> Int {
        var list = Listing(isJSON: isJSON, titles: ["SKU", "LOCATION", "ON HAND", "RECEIVED", "SOLD"], right: [2, 3, 4])
        try shelf.forEachStock(id) { view, location in
            try list.add(
                view.json(location),
                ["\(view.sku)", location, view.onHand.grouped, view.received.grouped, view.sold.grouped])
        }
        try list.finish()
        return list.count
    }

    private static func orders(_ shelf: Shelf, _ id: Identifier?, _ isJSON: Bool) throws -> Int {
        let titles = ["ORDER", "LOCATION", "PLACED", "STATUS", "CUSTOMER", "PAYMENT", "TOTAL", "LINES"]
        var list = Listing(isJSON: isJSON, titles: titles, right: [6, 7])
        try shelf.forEachOrder(id) { view, location in
            try list.add(
                view.json(location),
                [
                    "\(view.id)", location, view.placed.map(timestamp) ?? "-", view.statusName,
                    view.customer.map { "\($0)" } ?? "-", view.payment ?? "-", view.total?.grouped ?? "-",
                    view.lines.count.grouped,
                ])
        }
        try list.finish()
        return list.count
    }

    private static func customers(_ shelf: Shelf, _ id: Identifier?, _ isJSON: Bool) throws -> Int {
        let titles = ["CUSTOMER", "PHONE", "TIER", "HOME", "TAGS", "POINTS", "LOST TO A CONCURRENT WRITE"]
        var list = Listing(isJSON: isJSON, titles: titles, right: [5])
        try shelf.forEachCustomer(id) { view, points in
            try list.add(
                view.json(points),
                [
                    "\(view.id)", view.phone ?? "-", view.tier ?? "-", view.home ?? "-",
                    view.tags.map { "\($0)" }.joined(separator: " "), points.grouped,
                    view.losers.map { "\($0.field): \($0.text)" }.joined(separator: ", "),
                ])
        }
        try list.finish()
        return list.count
    }
}
