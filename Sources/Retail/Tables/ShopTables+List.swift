/// The tables. Money is in minor units, a quantity in the SKU's smallest unit, a rate in hundredths of a percent, a time in milliseconds
/// since 1970, a yes 1 and a no 0; what nobody has said is NULL. `store` is the member number of a store.
extension ShopTables {
    public static let tables: [ShopTable] = people + catalogue + documents + goods + papers

    private typealias Column = ShopTable.Column

    private static func integer(_ name: String, _ help: String) -> Column { Column(name, "integer", help) }
    private static func text(_ name: String, _ help: String) -> Column { Column(name, "text", help) }
    private static let store = integer("store", "the member number of the store")
    private static let number = text("number", "the paper's number")
    private static let ordinal = integer("ordinal", "its place on the paper, from 0")
    private static let sku = text("sku", "the article")
    private static let quantity = integer("quantity", "how many, or how much")
    private static let draft = integer("draft_of", "the store whose draft it is; NULL: it is the chain's")

    private static let people: [ShopTable] = [
        ShopTable(
            "members", "who belongs to the chain", key: 1,
            [
                integer("member", "the member number"), text("name", "what it is called"),
                integer("store", "in which store it sells: its own number, or that of the store whose till it is"),
                integer("revoked", "since when it may not sync any more"),
            ]),
        ShopTable(
            "customers", "who buys", key: 1, indexes: ["digits", "name"],
            [
                text("id", "the customer's number"), text("name", "what the customer is called"),
                text("phone", "as it was given"),
                text("digits", "the digits of the telephone number"), text("email", "where to write"),
                text("address", "where to send"),
                text("tier", "which prices hold"), text("home", "the store that knows the customer best"),
                text("note", "what is to be minded"),
                text("merged_into", "the customer that this one turned out to be"),
            ]),
        ShopTable(
            "customer_tags", "what customers belong to", key: 2, [text("customer", "the customer"), text("tag", "as vip")]),
        ShopTable(
            "accounts", "what customers owe", key: 1,
            [
                text("customer", "the customer"), integer("charged", "what was sold on account in all"),
                integer("paid", "what was paid on it"),
                integer("balance", "what is owed; below 0 is paid in advance"),
                integer("credit_limit", "what may be owed at most"),
                integer("term_days", "in how many days a sale on account is due"),
            ]),
    ]

    private static let catalogue: [ShopTable] = [
        ShopTable(
            "products", "what several articles have in common", key: 0, indexes: ["code"],
            [
                text("code", "the product"), draft, text("name", "what it is called"), text("description", "what it is"),
                text("category", "where it belongs"), text("picture", "where a picture is"),
                integer("withdrawn", "since when it is sold no more"),
            ]),
        ShopTable(
            "articles", "what is sold, counted and priced, as it says itself; `catalogue` has what its product says, too",
            key: 0,
            indexes: ["sku"],
            [
                sku, draft, text("product", "of which it is a kind"), text("name", "what it is called"),
                text("variant", "in what it differs from others of the product, as `colour: blue, size: M`"),
                text("unit", "piece, gram, millilitre or millimetre"), text("tax", "its tax class"),
                text("category", "where it belongs"),
                text("description", "what it is"), text("picture", "where a picture is"),
                integer("withdrawn", "since when it is sold no more"),
            ]),
        ShopTable(
            "barcodes", "what a scanner reads", key: 0, indexes: ["code", "sku"],
            [
                text("code", "a GTIN in 14 digits, or any other code"), draft, sku, integer("quantity", "what one scan means"),
            ]),
        ShopTable(
            "categories", "how articles are sorted", key: 1,
            [
                text("id", "the category"), text("name", "what it is called"), text("parent", "of which it is a part"),
                integer("withdrawn", "since when it is used no more"),
            ]),
        ShopTable(
            "taxes", "rates, from when on each holds", key: 2,
            [
                text("tax", "the tax class"), integer("since", "from when on"), text("name", "what the class is called"),
                integer("rate", "the rate"),
            ]),
        ShopTable(
            "price_lists", "lists of prices; 0 is retail", key: 1,
            [
                integer("list", "its number"), text("name", "what it is called"),
                integer("base", "the list that holds where this one has no price"),
                integer("discount", "a rate off the base's prices"),
            ]),
        ShopTable(
            "prices", "what articles cost, from when on", key: 0, indexes: ["sku, list, since"],
            [
                sku, draft, integer("list", "the price list"), integer("since", "from when on"),
                integer("amount", "for a piece, or for 1000 of any other unit; NULL: the list has no price from then on"),
            ]),
    ]

    private static let documents: [ShopTable] = [
        ShopTable(
            "orders", "what tills make out: sales, orders, refunds", key: 2,
            indexes: ["number", "customer", "status", "placed"],
            [
                store, number, text("kind", "sale, pickup, delivery, replenishment or refund"),
                text("status", "how far it has come"),
                text("customer", "whose it is"), text("cashier", "who made it out"), integer("placed", "when"),
                integer("due", "when it is to be picked up or delivered"), integer("total", "what it comes to"),
                integer("paid", "what was paid"),
                text("note", "what is to be minded"), text("phone", "whom to call"), text("address", "where it goes"),
                text("channel", "where it came from"), text("channel_number", "its number there"),
                text("held", "under which name it waits to be recalled at a till"),
                integer("points", "loyalty points that were earned"),
            ]),
        ShopTable(
            "order_lines", "lines of orders", key: 0, indexes: ["store, number", "sku"],
            [
                store, number, ordinal, text("state", "sold: it was handed over; ordered: so much is left to be; returned"),
                sku, quantity,
                integer("unit_price", "for `per` of the quantity"), integer("per", "1, or 1000"),
                integer("discount", "off the line"),
                integer("tax_rate", "the rate"), integer("amount", "what the line comes to"),
                text("note", "what the customer wants it to be"),
            ]),
        ShopTable(
            "payments", "money for orders", key: 0, indexes: ["store, number"],
            [
                store, number, ordinal, text("tender", "by what"), integer("amount", "below 0 was given back"),
                text("reference", "what the other side calls it"),
            ]),
        ShopTable(
            "account_payments", "money on what customers owe", key: 0, indexes: ["store, number", "customer"],
            [
                store, number, ordinal, text("customer", "who paid"), integer("taken", "when"), text("tender", "by what"),
                integer("amount", "how much"),
                text("reference", "what the other side calls it"),
            ]),
        ShopTable(
            "days", "tills' business days", key: 2, indexes: ["date"],
            [
                store, number, integer("till", "the till's member number"), integer("date", "as 20260302"),
                integer("opened", "when"),
                integer("float", "cash as it was opened"), text("clerk", "who opened it"), text("status", "open or closed"),
            ]),
        ShopTable(
            "day_figures", "what reports say", key: 0, indexes: ["store, number"],
            [
                store, number, integer("report", "from 0; above it, another machine has closed a day of this number, too"),
                integer("closed", "when"),
                text("name", "of the figure"), integer("amount", "what it comes to"),
            ]),
    ]

    private static let goods: [ShopTable] = [
        ShopTable(
            "stock", "what is where", key: 2, indexes: ["sku"],
            [
                store, sku, integer("on_hand", "what is there"),
                integer("counted", "what was counted last; NULL: nobody ever has"),
                integer("counted_at", "when the shelf was looked at"),
                integer("provisional", "1: not all tills have said yet what moved before the look"), integer("sold", "in all"),
                integer("received", "in all"), integer("returned", "in all"), integer("sent", "to other stores"),
                integer("arrived", "from other stores"),
                integer("written_off", "in all"), integer("low", "so many, or fewer, are too few"),
                integer("high", "so many, or more, are too many"),
            ]),
        ShopTable(
            "movements", "all that came and went, by paper", key: 0, indexes: ["store, sku, moved", "paper_scope, paper"],
            [
                store, sku, integer("moved", "when"), text("kind", "sold, received, returned, sent, arrived or written off"),
                integer("quantity", "below 0 where goods went"), integer("paper_scope", "the scope of the paper"),
                text("paper", "its number"),
                integer("member", "who booked it"),
            ]),
    ]

    private static let papers: [ShopTable] = [
        ShopTable(
            "goods_receipts", "goods from outside the chain", key: 2,
            [
                store, number, integer("received", "when"), text("supplier", "who sent them"),
                text("reference", "the delivery note's number"),
                text("note", "what is to be minded"),
            ]),
        ShopTable(
            "goods_receipt_lines", "what was counted at the door, and what the note says", key: 0, indexes: ["store, number"],
            [
                store, number, ordinal, text("state", "received, or expected by the note"), sku, quantity,
            ]),
        ShopTable(
            "write_offs", "goods that cannot be sold any more", key: 2,
            [
                store, number, integer("written", "when"),
                text("status", "proposed, approved or rejected; NULL: it needs nobody's word"),
                text("clerk", "who wrote it"), text("approver", "who decided"), text("note", "what happened"),
                text("picture", "where a picture is"),
            ]),
        ShopTable(
            "write_off_lines", "what is gone, and why", key: 0, indexes: ["store, number"],
            [
                store, number, ordinal, sku, quantity, text("reason", "broken, expired, stolen, used or other"),
                integer("worth", "at the retail price of that time"),
            ]),
        ShopTable(
            "transfers", "goods between stores", key: 2,
            [
                integer("receiver", "the store that they go to"), number, integer("sender", "the store that they come from"),
                integer("dispatched", "when they left"), integer("received", "when they came"),
                text("status", "sent, arrived or settled"),
                text("outcome", "what became of what did not arrive"), text("for_order", "the order that they answer"),
                text("note", "what is to be minded"),
            ]),
        ShopTable(
            "transfer_lines", "what was sent and arrived", key: 3,
            [
                integer("receiver", "the store that they go to"), number, sku, integer("sent", "how many"),
                integer("arrived", "how many"),
            ]),
        ShopTable(
            "stocktakes", "looks at shelves", key: 2,
            [
                store, number, text("name", "what it is called"), integer("opened", "when"), text("status", "open or closed"),
                integer("blind", "1: whoever counts is not shown what the books say"),
            ]),
        ShopTable(
            "counts", "everything that was ever entered in a stocktake", key: 0, indexes: ["store, number", "sku"],
            [
                store, number, ordinal, sku, text("zone", "the part of the store"), text("counter", "who looked"), quantity,
                integer("taken", "when"), integer("booked", "what the books said as it was entered"),
            ]),
        ShopTable(
            "inbox", "what joined and needs a person", key: 1, indexes: ["scope, collection, record"],
            [
                text("id", "the same everywhere"), text("kind", "what it is"), integer("store", "where"),
                text("happened", "what happened"),
                text("done", "what the program did"), text("differing", "values that were lost, or differ; one a line"),
                text("ways", "the ways out, with commas between"),
                integer("settled", "when somebody decided; NULL: nobody has"),
                text("way", "what was decided"), text("clerk", "by whom"), text("note", "and what was said of it"),
                integer("scope", "of the record that it is about"), integer("collection", "of that record"),
                text("record", "its id"),
            ]),
    ]

    public static let views: [ShopView] = [
        ShopView(
            name: "catalogue", help: "articles with what their products say, and the chain's retail price now",
            sql: """
                SELECT a.sku, a.draft_of, a.product, coalesce(a.name, p.name, a.sku) AS name, a.variant, a.unit, a.tax, \
                coalesce(a.category, p.category) AS category, coalesce(a.description, p.description) AS description, \
                coalesce(a.withdrawn, p.withdrawn) AS withdrawn, (SELECT amount FROM prices WHERE sku = a.sku AND list = 0 \
                AND since <= unixepoch() * 1000 ORDER BY since DESC LIMIT 1) AS price FROM articles a \
                LEFT JOIN products p ON p.code = a.product AND (p.draft_of IS NULL OR p.draft_of IS a.draft_of)
                """),
        ShopView(
            name: "open_orders", help: "orders whose goods are still to be handed over",
            sql: "SELECT * FROM orders WHERE status IN ('new', 'paid', 'confirmed', 'picking', 'ready') AND kind <> 'refund'"),
        ShopView(
            name: "sales_by_day", help: "documents and what they come to, by store and day in UTC",
            sql: """
                SELECT store, date(placed / 1000, 'unixepoch') AS day, count(*) AS documents, sum(total) AS total FROM orders \
                WHERE status <> 'cancelled' GROUP BY store, day
                """),
        ShopView(
            name: "stock_alerts", help: "what is too little or too much",
            sql: """
                SELECT store, sku, on_hand, low, high, CASE WHEN on_hand <= low THEN 'low' ELSE 'high' END AS alert FROM stock \
                WHERE on_hand <= low OR on_hand >= high
                """),
        ShopView(
            name: "in_transit", help: "what was sent and has not arrived; below 0, what came before word of it",
            sql: """
                SELECT t.sender, t.receiver, t.number, l.sku, l.sent - l.arrived AS quantity FROM transfers t \
                JOIN transfer_lines l ON l.receiver = t.receiver AND l.number = t.number \
                WHERE coalesce(t.status, '') <> 'settled' AND l.sent <> l.arrived
                """),
        ShopView(
            name: "reserved", help: "what is still to be handed over for open orders",
            sql: """
                SELECT l.store, l.sku, sum(l.quantity) AS quantity FROM order_lines l JOIN open_orders o \
                ON o.store = l.store AND o.number = l.number WHERE l.state = 'ordered' GROUP BY l.store, l.sku
                """),
        ShopView(
            name: "duplicate_customers", help: "customers with one telephone number",
            sql: """
                SELECT digits, group_concat(id, ' ') AS customers, count(*) AS count FROM customers \
                WHERE merged_into IS NULL AND length(digits) >= 6 GROUP BY digits HAVING count(*) > 1
                """),
    ]

    /// What is found by a part of a word: three letters and more are found at once.
    static let searchStatements = [
        "CREATE VIRTUAL TABLE search USING fts5(kind UNINDEXED, store UNINDEXED, id UNINDEXED, text, tokenize = 'trigram')",
        "CREATE TABLE search_row (row INTEGER PRIMARY KEY, kind TEXT, store INTEGER, id TEXT, UNIQUE (kind, store, id))",
    ]
}
