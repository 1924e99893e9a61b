/// The lines between the nodes of a simulated world: connections that carry bytes in order, slowly, in parts of any size, until
/// a line is cut, torn or lies.
///
/// It is a part of the world's one thread and has no clock: whoever drives it pushes what it schedules onto the world's heap
/// (`takeScheduled`), hands it back when its time has come (`take`), and gives the nodes what comes out.
public struct SimulatedNetwork {
    public struct ConnectionID: Hashable, Comparable, Sendable {
        public let number: UInt64

        public static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.number < right.number }
    }

    /// What the network wants to hear of again, at its time.
    public enum Happening: Hashable, Sendable {
        case opening(ConnectionID)
        /// Bytes of one direction arrive, up to this place in all that was ever sent there.
        case arrival(ConnectionID, toListener: Bool, upTo: Int)
        /// The end of one direction arrives: whoever is there hears that the other end is gone.
        case ending(ConnectionID, toListener: Bool)
    }

    /// What the nodes hear.
    public enum Report: Hashable, Sendable {
        /// Both ends are there.
        case opened(ConnectionID, dialler: Int, listener: Int)
        /// Nobody can be reached.
        case failed(ConnectionID, dialler: Int)
        case received([UInt8], ConnectionID, by: Int)
        /// All that was sent is on its way.
        case drained(ConnectionID, by: Int)
        case closed(ConnectionID, by: Int)
    }

    private struct Direction {
        let from: Int
        let to: Int
        var random: SeededRandom
        /// Bytes that have not arrived, and how many have.
        var bytes: [UInt8] = []
        var arrivedCount = 0
        /// When the last part that is scheduled arrives: nothing overtakes.
        var lastArrival: Int64 = 0
        /// Happenings whose time came while the line was cut.
        var held: [Happening] = []
        /// The sender has hung up behind what it has sent.
        var isEnded = false
        /// The receiver is gone, and hears nothing.
        var isDeaf = false

        mutating func schedule(
            _ happening: Happening, _ byteCount: Int, _ condition: LineCondition, at now: Int64,
            _ scheduled: inout [(at: Int64, happening: Happening)]
        ) {
            let delay = Int64.random(in: condition.delay, using: &random)
            lastArrival = max(lastArrival, now + delay) + Int64(byteCount) * 1000 / condition.bytesPerSecond
            scheduled.append((lastArrival, happening))
        }
    }

    private struct Connection {
        var isOpen = false
        /// It carries nothing any more, and not everybody knows.
        var isStranded = false
        var toListener: Direction
        var toDialler: Direction

        subscript(isToListener: Bool) -> Direction {
            get { isToListener ? toListener : toDialler }
            set { if isToListener { toListener = newValue } else { toDialler = newValue } }
        }
    }

    private let streams: RandomStreams
    private var connections: [ConnectionID: Connection] = [:]
    private var lastNumber: UInt64 = 0
    /// How often two nodes have connected: it names the dice of the next connection.
    private var counts: [Pair: UInt64] = [:]
    private var conditions: [Pair: LineCondition] = [:]
    /// Of lines that nobody has said anything about.
    public var usual = LineCondition()
    private var scheduled: [(at: Int64, happening: Happening)] = []

    private struct Pair: Hashable {
        let from: Int
        let to: Int
    }

    public init(_ streams: RandomStreams) {
        self.streams = streams
    }

    // MARK: Lines

    public func condition(from: Int, to: Int) -> LineCondition { conditions[Pair(from: from, to: to)] ?? usual }

    /// Changes a line one way. What had to wait for it goes on, if it is not cut any more.
    public mutating func set(_ condition: LineCondition, from: Int, to: Int, at now: Int64) {
        conditions[Pair(from: from, to: to)] = condition
        guard !condition.isCut else { return }
        for id in connections.keys.sorted() {
            for isToListener in [true, false] { release(id, isToListener, (from, to), at: now) }
        }
    }

    private mutating func release(_ id: ConnectionID, _ isToListener: Bool, _ line: (Int, Int), at now: Int64) {
        guard let direction = connections[id]?[isToListener], (direction.from, direction.to) == line else { return }
        for happening in direction.held { scheduled.append((now, happening)) }
        connections[id]?[isToListener].held = []
    }

    // MARK: Connections

    /// - Returns: the connection, which is open once both ends are told so.
    public mutating func dial(from dialler: Int, to listener: Int, at now: Int64) -> ConnectionID {
        let pair = Pair(from: dialler, to: listener)
        counts[pair, default: 0] += 1
        lastNumber += 1
        let id = ConnectionID(number: lastNumber)
        func direction(_ from: Int, _ to: Int) -> Direction {
            let random = streams.stream(.line, UInt64(from), UInt64(to), counts[pair] ?? 0)
            return Direction(from: from, to: to, random: random)
        }
        var connection = Connection(toListener: direction(dialler, listener), toDialler: direction(listener, dialler))
        // There and back.
        let there = Int64.random(in: condition(from: dialler, to: listener).delay, using: &connection.toListener.random)
        let back = Int64.random(in: condition(from: listener, to: dialler).delay, using: &connection.toDialler.random)
        connections[id] = connection
        scheduled.append((now + there + back, .opening(id)))
        return id
    }

    /// - Returns: how many bytes now wait to be on their way at the sender; nil if the connection is gone.
    @discardableResult
    public mutating func send(_ bytes: [UInt8], on id: ConnectionID, by node: Int, at now: Int64) -> Int? {
        guard let connection = connections[id], connection.isOpen else { return nil }
        let isToListener = connection.toListener.from == node
        guard var direction = connections[id]?[isToListener], !direction.isEnded else { return nil }
        let condition = condition(from: direction.from, to: direction.to)
        var sent = direction.arrivedCount + direction.bytes.count
        direction.bytes += bytes
        let end = sent + bytes.count
        while sent < end {
            let most = min(end - sent, condition.largestPart)
            let part = Int.random(in: 1...most, using: &direction.random)
            sent += part
            direction.schedule(.arrival(id, toListener: isToListener, upTo: sent), part, condition, at: now, &scheduled)
        }
        connections[id]?[isToListener] = direction
        return direction.bytes.count
    }

    /// One end hangs up: what it has sent still arrives, and then the other end is told.
    public mutating func close(_ id: ConnectionID, by node: Int, at now: Int64) {
        guard let connection = connections[id] else { return }
        let isToListener = connection.toListener.from == node
        guard var direction = connections[id]?[isToListener], !direction.isEnded else { return }
        let condition = condition(from: direction.from, to: direction.to)
        direction.isEnded = true
        direction.schedule(.ending(id, toListener: isToListener), 0, condition, at: now, &scheduled)
        connections[id]?[isToListener] = direction
        connections[id]?[!isToListener].isDeaf = true
        forgetIfOver(id)
    }

    /// The line breaks: both ends are told at once, and what was on its way is lost.
    public mutating func tear(_ id: ConnectionID) -> [Report] {
        guard let connection = connections.removeValue(forKey: id) else { return [] }
        guard connection.isOpen else { return [.failed(id, dialler: connection.toListener.from)] }
        return [connection.toListener, connection.toDialler].compactMap { direction in
            direction.isDeaf ? nil : .closed(id, by: direction.to)
        }
    }

    /// The line forgets a connection: nothing comes through any more.
    ///
    /// - Parameter node: the end that is told that it is over; neither, if it is nil.
    public mutating func strand(_ id: ConnectionID, telling node: Int?) -> [Report] {
        guard let connection = connections[id], connection.isOpen else { return [] }
        connections[id]?.isStranded = true
        guard let node else { return [] }
        let isToListener = connection.toListener.from == node
        connections[id]?[isToListener].isEnded = true
        connections[id]?[!isToListener].isDeaf = true
        forgetIfOver(id)
        return connection[!isToListener].isDeaf ? [] : [.closed(id, by: node)]
    }

    /// A node is gone.
    ///
    /// - Parameter isSilent: its power failed, and nobody tells the others; else its machine hangs up for it.
    public mutating func abandon(_ node: Int, isSilent: Bool, at now: Int64) {
        for id in connections.keys.sorted() {
            guard let connection = connections[id] else { continue }
            for isToListener in [true, false] where connection[isToListener].from == node {
                guard isSilent else {
                    close(id, by: node, at: now)
                    continue
                }
                connections[id]?[isToListener].isEnded = true
                connections[id]?[!isToListener].isDeaf = true
                forgetIfOver(id)
            }
        }
    }

    /// Bytes that have not arrived of what one end has sent.
    public func waitingBytes(on id: ConnectionID, by node: Int) -> Int {
        guard let connection = connections[id] else { return 0 }
        return connection[connection.toListener.from == node].bytes.count
    }

    /// The connections that are open between two nodes, by number.
    public func open(between one: Int, _ other: Int) -> [ConnectionID] {
        connections.filter { _, connection in
            connection.isOpen && Set([connection.toListener.from, connection.toListener.to]) == Set([one, other])
        }.keys.sorted()
    }

    // MARK: Time

    /// What must be handed to `take`, and when.
    public mutating func takeScheduled() -> [(at: Int64, happening: Happening)] {
        defer { scheduled = [] }
        return scheduled
    }

    /// - Parameter isListening: whether a node takes connections.
    public mutating func take(_ happening: Happening, isListening: (Int) -> Bool) -> [Report] {
        switch happening {
        case .opening(let id): open(id, isListening)
        case .arrival(let id, let isToListener, let place): arrive(id, isToListener, upTo: place)
        case .ending(let id, let isToListener): end(id, isToListener)
        }
    }

    private mutating func open(_ id: ConnectionID, _ isListening: (Int) -> Bool) -> [Report] {
        guard let connection = connections[id] else { return [] }
        let (dialler, listener) = (connection.toListener.from, connection.toListener.to)
        guard !connection.toListener.isEnded else {
            // Whoever has dialled is gone itself.
            connections[id] = nil
            return []
        }
        let isCut = condition(from: dialler, to: listener).isCut || condition(from: listener, to: dialler).isCut
        guard !isCut, isListening(listener) else {
            connections[id] = nil
            return [.failed(id, dialler: dialler)]
        }
        connections[id]?.isOpen = true
        return [.opened(id, dialler: dialler, listener: listener)]
    }

    private mutating func arrive(_ id: ConnectionID, _ isToListener: Bool, upTo place: Int) -> [Report] {
        let happening = Happening.arrival(id, toListener: isToListener, upTo: place)
        guard var direction = held(happening, id, isToListener) else { return [] }
        // What was held by a cut line may come behind what was sent later, and has then arrived with it.
        let bytes = Array(direction.bytes.prefix(max(0, place - direction.arrivedCount)))
        direction.bytes.removeFirst(bytes.count)
        direction.arrivedCount += bytes.count
        let isSpoiled = spoils(bytes.count, &direction)
        connections[id]?[isToListener] = direction
        guard !isSpoiled else { return tear(id) }
        guard !direction.isDeaf, !bytes.isEmpty else { return [] }
        let received = Report.received(bytes, id, by: direction.to)
        return direction.bytes.isEmpty && !direction.isEnded ? [received, .drained(id, by: direction.from)] : [received]
    }

    private mutating func end(_ id: ConnectionID, _ isToListener: Bool) -> [Report] {
        guard let direction = held(.ending(id, toListener: isToListener), id, isToListener) else { return [] }
        connections[id] = nil
        return direction.isDeaf ? [] : [.closed(id, by: direction.to)]
    }

    /// - Returns: the direction, unless its line is cut or has forgotten it, so that the happening waits.
    private mutating func held(_ happening: Happening, _ id: ConnectionID, _ isToListener: Bool) -> Direction? {
        guard let connection = connections[id] else { return nil }
        let direction = connection[isToListener]
        guard connection.isStranded || condition(from: direction.from, to: direction.to).isCut else { return direction }
        connections[id]?[isToListener].held.append(happening)
        return nil
    }

    /// Whether a bit of so many bytes is turned: the transport's own checks find that, and hang up.
    private func spoils(_ byteCount: Int, _ direction: inout Direction) -> Bool {
        let rate = condition(from: direction.from, to: direction.to).bytesPerFlippedBit
        guard rate > 0 else { return false }
        return (0..<byteCount).contains { _ in Int64.random(in: 0..<rate, using: &direction.random) == 0 }
    }

    private mutating func forgetIfOver(_ id: ConnectionID) {
        guard let connection = connections[id] else { return }
        if connection.toListener.isDeaf, connection.toDialler.isDeaf { connections[id] = nil }
    }
}
