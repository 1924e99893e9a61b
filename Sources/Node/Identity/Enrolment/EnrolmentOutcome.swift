/// What came of one request: the bytes to send, after which the connection is closed, and what to log.
public struct EnrolmentOutcome: Sendable {
    public enum Event: Sendable {
        case enrolled(member: UInt32, name: String)
        case renewed(member: UInt32, name: String)
        case refused(EnrolmentRefusal)
        /// HQ's own trouble: its disk, its keys.
        case failed(any Error)
    }

    /// A whole frame.
    public let reply: [UInt8]
    public let event: Event

    init(reply: [UInt8], event: Event) {
        self.reply = reply
        self.event = event
    }

    init(_ refusal: EnrolmentRefusal, _ event: Event) {
        self.init(reply: EnrolmentFrame.encode(EnrolmentReply.body(refusal)), event: event)
    }
}
