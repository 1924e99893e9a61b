/// Values with a checksum over their key and themselves behind them.
extension [UInt8] {
    func sealed(under key: UnsafeRawBufferPointer) -> [UInt8] {
        let sum = withUnsafeBytes { rowChecksum(key: key, body: $0) }
        var sealed: [UInt8] = []
        sealed.reserveCapacity(count + 4)
        sealed += self
        Swift.withUnsafeBytes(of: sum.bigEndian) { sealed += $0 }
        return sealed
    }
}

extension UnsafeRawBufferPointer {
    /// - Returns: nil if the checksum is wrong.
    func opened(under key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard count >= 4 else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: self[..<(count - 4)])
        let sum = loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
        return UInt32(bigEndian: sum) == rowChecksum(key: key, body: body) ? body : nil
    }
}
