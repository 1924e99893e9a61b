/// What an event of epoll is about, in the 64 bits that epoll keeps for it.
enum EventSource {
    case submissions
    case listener(ListenerID)
    case connection(ConnectionID)

    private static let listenerFlag: UInt64 = 1 << 31

    init(_ word: UInt64) {
        if word == .max {
            self = .submissions
        } else if word & Self.listenerFlag != 0 {
            self = .listener(ListenerID(number: UInt32(word >> 32)))
        } else {
            self = .connection(
                ConnectionID(index: UInt32(truncatingIfNeeded: word), generation: UInt32(word >> 32)))
        }
    }

    var word: UInt64 {
        switch self {
        case .submissions: .max
        case .listener(let id): UInt64(id.number) << 32 | Self.listenerFlag
        case .connection(let id): UInt64(id.generation) << 32 | UInt64(id.index)
        }
    }
}
