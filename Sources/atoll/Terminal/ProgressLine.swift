/// Tells on standard error how far long work has come, with its rate and the time left: on a terminal in one line that is
/// written over, elsewhere in a line every few seconds.
struct ProgressLine {
    private let isQuiet: Bool
    private let verb: String
    private let unit: String
    private let total: Int?
    private let start = ContinuousClock.now
    private var last: ContinuousClock.Instant
    private var isShown = false

    /// - Parameter total: how many units there are in all, if that is known.
    init(_ verb: String, _ unit: String, total: Int?, isQuiet: Bool) {
        self.verb = verb
        self.unit = unit
        self.total = total
        self.isQuiet = isQuiet
        last = start
    }

    /// Cheap enough to be called for every unit.
    mutating func update(_ done: Int, note: String = "") {
        guard !isQuiet else { return }
        let now = ContinuousClock.now
        guard last.duration(to: now) >= (Diagnostics.isTerminal ? .milliseconds(200) : .seconds(5)) else { return }
        last = now
        let elapsed = start.duration(to: now) / .seconds(1)
        let rate = Double(done) / max(elapsed, 0.001)
        var text = "\(verb) \(done.grouped)"
        if let total { text += " of \(total.grouped)" }
        text += " \(unit), \(Int(rate).grouped)/s"
        if let total, rate > 0 { text += ", \(duration(Double(max(0, total - done)) / rate)) left" }
        if !note.isEmpty { text += ", \(note)" }
        Diagnostics.write(Diagnostics.isTerminal ? "\r\u{1B}[2K\(text)" : "\(text)\n")
        isShown = true
    }

    /// Clears the terminal's line for what comes next.
    mutating func finish() {
        if isShown, Diagnostics.isTerminal { Diagnostics.write("\r\u{1B}[2K") }
        isShown = false
    }

    /// Seconds since the start.
    var elapsed: Double { start.duration(to: .now) / .seconds(1) }
}
