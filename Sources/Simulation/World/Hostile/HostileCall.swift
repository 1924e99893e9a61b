internal import CRDT
internal import Replica
internal import Sync

/// One call of somebody who has got hold of a member's certificate and key: it greets as that member would, hears how far the other
/// side holds things, says what it likes, and hangs up.
///
/// It speaks frames by itself, beside the member's own program, which goes on and knows nothing of it.
struct HostileCall {
    /// The machine whose certificate it is, and the one that is called.
    let node: Int
    let called: Int
    private let hello: Hello
    private var speech: HostileSpeech
    private var reader = FrameReader(limit: FrameLimits.bytes)
    private var told: [Scope: HostileSpeech.Told] = [:]
    /// It has said what it wanted to, or has been told to go.
    private(set) var isOver = false
    /// What it has made up and not told the laboratory yet.
    private(set) var forgery: Forgery?

    init(from node: Int, to called: Int, greeting hello: Hello, _ speech: HostileSpeech) {
        (self.node, self.called, self.hello, self.speech) = (node, called, hello, speech)
    }

    /// What it says first.
    var greeting: [UInt8] { Frame.hello(hello).bytes }

    /// - Returns: what it says to that.
    mutating func hear(_ bytes: [UInt8]) throws -> [UInt8] {
        bytes.withUnsafeBytes { reader.append($0) }
        var said: [UInt8] = []
        while !isOver, let (kind, body) = try reader.next() {
            guard let frame = try Frame(kind: kind, body: body) else { continue }
            switch frame {
            case .hello(let theirs):
                speech.calledOrigin = theirs.origin
                said += Frame.offer(Offer(speech.offer, isLast: true)).bytes
            case .offer(let offer): listen(to: offer)
            case .ask(let scope, let origin): for frame in speech.knowledge(of: origin, in: scope) { said += frame.bytes }
            case .ready:
                let what = try speech.say(about: told, from: node)
                (forgery, isOver) = (what.forgery, true)
                said += Frame.ready(echo: 0, received: 0, time: 0).bytes + what.bytes
            case .goodbye: isOver = true
            default: break
            }
        }
        return said
    }

    private mutating func listen(to offer: Offer) {
        for entry in offer.entries {
            guard case .told(let cut, _, let staged) = entry.form else { continue }
            told[entry.scope] = HostileSpeech.Told(cut: cut, staged: staged?.header)
        }
    }
}
