/// What happens once to what a session sends in one direction.
enum Tampering: Hashable, CustomStringConvertible {
    /// A byte is another one: `mask` is added to it, exclusive or.
    case flip(toRight: Bool, byte: Int, mask: UInt8)
    /// The line is torn, in both directions, before a byte.
    case cut(toRight: Bool, byte: Int)
    /// A frame is not delivered.
    case drop(toRight: Bool, frame: Int)
    /// An earlier frame comes again before a frame.
    case replay(toRight: Bool, earlier: Int, before: Int)

    var isToRight: Bool {
        switch self {
        case .flip(let isToRight, _, _), .cut(let isToRight, _), .drop(let isToRight, _), .replay(let isToRight, _, _):
            isToRight
        }
    }

    var description: String {
        let direction = isToRight ? "to the right" : "to the left"
        return switch self {
        case .flip(_, let byte, let mask): "byte \(byte) \(direction) flipped by \(mask)"
        case .cut(_, let byte): "torn before byte \(byte) \(direction)"
        case .drop(_, let frame): "frame \(frame) \(direction) dropped"
        case .replay(_, let earlier, let before): "frame \(earlier) \(direction) again before frame \(before)"
        }
    }
}
