/// Numbers of either sign as numbers without: small magnitudes stay small. Differences wrap, so that every pair of numbers
/// has one.
extension UInt64 {
    @inline(__always)
    init(zigzag value: Int64) {
        self = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    @inline(__always)
    var unzigzagged: Int64 {
        Int64(bitPattern: self >> 1) ^ -Int64(bitPattern: self & 1)
    }

    /// The zigzag form of `self - prediction`.
    @inline(__always)
    func residual(after prediction: UInt64) -> UInt64 {
        UInt64(zigzag: Int64(bitPattern: self &- prediction))
    }

    /// The value whose residual this is.
    @inline(__always)
    func value(after prediction: UInt64) -> UInt64 {
        prediction &+ UInt64(bitPattern: unzigzagged)
    }
}
