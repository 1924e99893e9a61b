/// What a recorded log tells: a chain's own books, or what `atoll generate` has written (`Simulations/log-format.md`). Its first day
/// begins with the run.
struct RecordedLog: Work {
    static let kind = "recorded_log"

    /// By time.
    private let events: [PlannedEvent]
    private let stores: Int

    private enum CodingKeys: String, CodingKey {
        case path, from
    }

    /// All of them are kept in memory, some hundred bytes each; a run plays a few thousand in a second.
    private static let eventLimit = 1_000_000
    private static let folder = CodingUserInfoKey(rawValue: "folder")

    /// From where files are looked for that a scenario names.
    ///
    /// - Parameter path: the scenario's.
    static func userInfo(ofFileAt path: String) -> [CodingUserInfoKey: Any] {
        guard let folder, let slash = path.lastIndex(of: "/") else { return [:] }
        return [folder: String(path[...slash])]
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let path = try container.decode(String.self, forKey: .path)
        let start = try container.decodeIfPresent(Minutes.self, forKey: .from)?.milliseconds ?? 0
        let folder = Self.folder.flatMap { decoder.userInfo[$0] as? String } ?? ""
        do {
            (events, stores) = try Self.read(path.hasPrefix("/") ? path : folder + path, from: start)
        } catch {
            throw DecodingError.dataCorruptedError(forKey: .path, in: container, debugDescription: "\(error)")
        }
    }

    var nodes: [Int] { [stores] }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for event in events { draft.add(recorded: event.act, at: event.time) }
    }

    private struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter start: what lies before it is passed over, with what becomes of orders that were made before.
    /// - Throws: `LogError`, `Refusal`.
    private static func read(_ path: String, from start: Int64) throws -> (events: [PlannedEvent], stores: Int) {
        var reader = try LogReader(path: path)
        var (acts, events, orders) = (LogActs(), [PlannedEvent](), Set<String>())
        while let event = try reader.next() {
            let time = event.timeMilliseconds - reader.header.startMilliseconds - start
            guard let act = acts.act(of: event), time >= 0 else { continue }
            if let flaw = act.flaw {
                throw Refusal(description: "\(path), event \(event.number): \(flaw)")
            }
            if let sale = act as? Sell { orders.insert(sale.order) }
            if let move = act as? MoveStatus, !orders.contains(move.order) { continue }
            events.append(PlannedEvent(act, at: time))
            guard events.count <= eventLimit else {
                throw Refusal(description: "\(path) has more than \(eventLimit) events: no run plays so many")
            }
        }
        return (events, acts.stores)
    }
}
