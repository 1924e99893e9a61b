/// What each mark of the drawing means. The script draws the samples, so that they are what the lanes show.
enum PictureLegend {
    private static let samples = [
        ("cut", "line to HQ cut, both ways"), ("up", "cut upwards: HQ gets nothing"),
        ("down", "cut downwards: it gets nothing"), ("poor", "slow, narrow or lossy line"), ("off", "machine off"),
        ("paused", "machine stopped for a while"), ("disk", "disk in trouble"),
        ("differs", "differs from HQ; darker for longer"), ("parted", "states part"), ("met", "states meet again"),
        ("connected", "has a session with HQ"), ("sales", "sales"), ("writes", "other writes"), ("sent", "sent to others"),
        ("received", "taken in from others"), ("arrow", "transfer; the thicker, the more"), ("power", "power failure"),
        ("kill", "program killed"), ("clock", "clock set"), ("backup", "disk copied"), ("put_back", "copy put back"),
        ("replaced", "new machine"), ("file", "delta file taken in"), ("fence", "said to be lost"), ("attack", "hostile call"),
        ("torn", "connections torn"), ("violation", "violation"),
    ]

    static var html: String {
        let items = samples.map { name, text in
            "<li><canvas data-sample=\"\(name)\" width=\"34\" height=\"18\" aria-hidden=\"true\"></canvas>\(text)</li>"
        }
        return "<ul class=\"legend\" aria-label=\"Legend\">\n" + items.joined(separator: "\n") + "\n</ul>"
    }

    static func name(of kind: RunSpan.Kind) -> String {
        switch kind {
        case .cut: "line cut"
        case .cutUp: "line cut upwards"
        case .cutDown: "line cut downwards"
        case .poor: "poor line"
        case .off: "off"
        case .paused: "stopped for a while"
        case .diskTrouble: "disk in trouble"
        case .differs: "differs from HQ"
        case .connected: "in session with HQ"
        }
    }
}
