/// What a node remembers of another since it was started.
struct PeerHistory: Sendable {
    /// When the last session was open for data, in milliseconds since 1970.
    private(set) var lastOpened: Int64?
    private(set) var lastEnded: Int64?
    /// Why the last one ended, or could not begin.
    private(set) var error: (name: String, detail: String)?

    mutating func opened(at milliseconds: Int64) {
        lastOpened = milliseconds
        error = nil
    }

    mutating func ended(_ name: String, _ detail: String, at milliseconds: Int64) {
        lastEnded = milliseconds
        error = (name, detail)
    }
}
