/// What somebody does to whom it calls with a member's certificate.
enum HostileWay: String, Codable, CaseIterable, Sendable {
    /// Bytes that are no frames.
    case garbage
    /// It says that it holds more of the called one's own transactions than that one has made, and signs that itself.
    case future
    /// It writes where its member may not.
    case strangersScope = "strangers_scope"
    /// Its delta builds on transactions that nobody has made.
    case strangeBase = "strange_base"
    /// It begins a large delta, and hangs up.
    case leftOff = "left_off"
    /// It goes on with the delta that it has left off, or begins one, and ends it before all records have come.
    case earlyEnd = "early_end"
    /// It says of an order that its member has written something else than it has told before.
    case twoContents = "two_contents"
    /// It brings a transaction in the name of another member, as whoever passes on what others have done.
    case hearsay
    /// The same, with a signature of its own making.
    case forgedSignature = "forged_signature"
    /// The same as hearsay, in a push.
    case pushedHearsay = "pushed_hearsay"
    /// A push that speaks of many transactions in the name of another member, and tells one of them.
    case pushedFuture = "pushed_future"
}
