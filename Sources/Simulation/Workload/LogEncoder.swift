/// Writes a header and events as lines of a log: keys in the form's order, no spaces.
///
/// What it writes is byte for byte what CPython's `json` writes with `ensure_ascii=False` and separators without spaces.
public struct LogEncoder: Sendable {
    /// The lines written since the last ``flush(to:)``.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Gives ``bytes`` to `sink`, unless there are none, and empties them; their room is used again.
    public mutating func flush<Failure: Error>(to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        guard !bytes.isEmpty else { return }
        try sink(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Writes the first line of a log.
    public mutating func append(_ header: LogHeader) {
        raw("{\"k\":\"h\",\"v\":")
        integer(header.version)
        if let seed = header.seed { member(",\"seed\":", seed) }
        if let source = header.source { member(",\"source\":", source) }
        member(",\"stores\":", header.stores)
        if let days = header.days { member(",\"days\":", days) }
        if let orders = header.ordersPerStoreAndDay { member(",\"perday\":", orders) }
        member(",\"skus\":", header.skus)
        member(",\"customers\":", header.customers)
        member(",\"t0\":", header.startMilliseconds)
        raw("}\n")
    }

    /// Writes one event.
    public mutating func append(_ event: LogEvent) {
        switch event.kind {
        case .order(let order):
            prefix("o", event, id: order.id)
            body(order)
        case .status(let change):
            prefix("s", event, id: change.order)
            member(",\"st\":", change.status.rawValue)
        case .receipt(let receipt):
            prefix("r", event, id: receipt.id)
            body(receipt)
        case .customer(let edit):
            prefix("c", event, id: edit.id)
            body(edit)
        }
        raw("}\n")
    }

    private mutating func prefix(_ kind: StaticString, _ event: LogEvent, id: String) {
        raw("{\"k\":\"")
        raw(kind)
        member("\",\"n\":", event.number)
        member(",\"t\":", event.timeMilliseconds)
        member(",\"r\":", event.replica)
        member(",\"id\":", id)
    }

    private mutating func body(_ order: LogOrder) {
        member(",\"c\":", order.customer)
        member(",\"pm\":", order.payment)
        member(",\"tot\":", order.totalMinorUnits)
        list(",\"l\":", order.lines) { encoder, line in
            encoder.member("[", line.sku)
            encoder.member(",", line.quantity)
            encoder.member(",", line.unitPriceMinorUnits)
            encoder.raw("]")
        }
        if let points = order.points { member(",\"p\":", points) }
    }

    private mutating func body(_ receipt: LogReceipt) {
        list(",\"l\":", receipt.lines) { encoder, line in
            encoder.member("[", line.sku)
            encoder.member(",", line.quantity)
            encoder.raw("]")
        }
    }

    private mutating func body(_ edit: LogCustomerEdit) {
        let fields: [(StaticString, String?)] = [
            ("\"phone\":", edit.phone), ("\"tier\":", edit.tier), ("\"home\":", edit.home),
        ]
        raw(",\"f\":{")
        var isFirst = true
        for case (let key, let value?) in fields {
            if !isFirst { raw(",") }
            isFirst = false
            member(key, value)
        }
        raw("}")
        if let points = edit.points { member(",\"p\":", points) }
        if !edit.tagsAdded.isEmpty { list(",\"ta\":", edit.tagsAdded) { $0.text($1) } }
        if !edit.tagsRemoved.isEmpty { list(",\"tr\":", edit.tagsRemoved) { $0.text($1) } }
        if let group = edit.group { member(",\"g\":", group) }
    }

    private mutating func list<Element>(
        _ key: StaticString, _ elements: [Element], _ append: (inout LogEncoder, Element) -> Void
    ) {
        raw(key)
        raw("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            append(&self, element)
        }
        raw("]")
    }

    private mutating func member(_ key: StaticString, _ value: Int64) {
        raw(key)
        integer(value)
    }

    private mutating func member(_ key: StaticString, _ value: String) {
        raw(key)
        text(value)
    }

    private mutating func raw(_ literal: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    private mutating func integer(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private mutating func text(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case 0x0A: raw("\\n")
            case 0x0D: raw("\\r")
            case 0x09: raw("\\t")
            case 0x08: raw("\\b")
            case 0x0C: raw("\\f")
            case ..<0x20:
                raw("\\u00")
                for digit in [byte >> 4, byte & 15] { bytes.append(hexDigits[Int(digit)]) }
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)
