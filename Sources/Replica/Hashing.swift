internal import CCrypto
internal import CRDT
internal import CSodium
internal import CZlib

/// 128 bits out of a hash.
public struct Hash128: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public static let zero = Hash128(high: 0, low: 0)

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Sum modulo 2^128: the digest of a set is the sum of its members' hashes, in whatever order they came and went.
    static func += (left: inout Hash128, right: Hash128) {
        let (low, carry) = left.low.addingReportingOverflow(right.low)
        left.low = low
        left.high = left.high &+ right.high &+ (carry ? 1 : 0)
    }

    static func -= (left: inout Hash128, right: Hash128) {
        let (low, borrow) = left.low.subtractingReportingOverflow(right.low)
        left.low = low
        left.high = left.high &- right.high &- (borrow ? 1 : 0)
    }

    static func + (left: Hash128, right: Hash128) -> Hash128 {
        var sum = left
        sum += right
        return sum
    }

    static func - (left: Hash128, right: Hash128) -> Hash128 {
        var difference = left
        difference -= right
        return difference
    }
}

extension Hash128: CustomStringConvertible {
    public var description: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// Why a crypto library did not hash: it is missing an algorithm, or memory.
public struct HashingError: Error, Hashable, Sendable, CustomStringConvertible {
    public let algorithm: String

    public var description: String {
        "the crypto library does not offer \(algorithm). Install OpenSSL 3 with its default provider."
    }
}

/// A keyed hash for digests: SipHash-2-4 with 128 bits, by libsodium. Without the chain's key nobody can look for records
/// that cancel each other out.
struct DigestHasher {
    private let key: [UInt8]

    /// - Parameter key: 16 bytes, the same on every replica of a chain.
    init(key: [UInt8]) {
        precondition(key.count == Int(crypto_shorthash_siphashx24_KEYBYTES), "a digest key has 16 bytes")
        self.key = key
    }

    /// - Parameters:
    ///   - cells: what a transaction left in a record, packed (`CellGroup`).
    ///   - recordKey: the record's, encoded.
    func hash(_ cells: UnsafeRawBufferPointer, of version: Version, in recordKey: UnsafeRawBufferPointer) -> Hash128 {
        precondition(recordKey.count < 0x80, "a key's length is one byte")
        let count = 25 + recordKey.count + cells.count
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { message in
            message[0] = UInt8(recordKey.count)
            UnsafeMutableRawBufferPointer(rebasing: message[1...]).copyMemory(from: recordKey)
            var place = 1 + recordKey.count
            for word in [version.dot.origin.rawValue, version.dot.sequence, version.stamp.rawValue] {
                message.storeBytes(of: word.bigEndian, toByteOffset: place, as: UInt64.self)
                place += 8
            }
            UnsafeMutableRawBufferPointer(rebasing: message[place...]).copyMemory(from: cells)
            let bytes = message.bindMemory(to: UInt8.self).baseAddress.unsafelyUnwrapped
            var result = (UInt64(0), UInt64(0))
            withUnsafeMutableBytes(of: &result) { out in
                // It cannot fail.
                _ = crypto_shorthash_siphashx24(
                    out.bindMemory(to: UInt8.self).baseAddress.unsafelyUnwrapped, bytes, UInt64(count), key)
            }
            return Hash128(high: UInt64(bigEndian: result.0), low: UInt64(bigEndian: result.1))
        }
    }
}

/// The hash that chains an origin's transactions and sums up cuts: SHA-256, by libcrypto, cut to 128 bits.
public final class ChainHasher {
    private let context: OpaquePointer
    private let algorithm: OpaquePointer

    public init() throws(HashingError) {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else { throw HashingError(algorithm: "SHA-256") }
        guard let context = EVP_MD_CTX_new() else {
            EVP_MD_free(algorithm)
            throw HashingError(algorithm: "SHA-256")
        }
        self.algorithm = algorithm
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
        EVP_MD_free(algorithm)
    }

    /// The head of a chain after one more transaction.
    func next(after head: Hash128, _ content: UnsafeRawBufferPointer) -> Hash128 {
        withUnsafeBytes(of: (head.high.bigEndian, head.low.bigEndian)) { hash($0, content) }
    }

    /// The first half of SHA-256 over some bytes.
    func hash(_ bytes: [UInt8]) -> Hash128 {
        bytes.withUnsafeBytes { hash($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    private func hash(_ head: UnsafeRawBufferPointer, _ content: UnsafeRawBufferPointer) -> Hash128 {
        var digest = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        let isDone = withUnsafeMutableBytes(of: &digest) { out in
            EVP_DigestInit_ex2(context, algorithm, nil) == 1
                && EVP_DigestUpdate(context, head.baseAddress, head.count) == 1
                && EVP_DigestUpdate(context, content.baseAddress, content.count) == 1
                && EVP_DigestFinal_ex(context, out.bindMemory(to: UInt8.self).baseAddress, nil) == 1
        }
        precondition(isDone, "SHA-256 gives 32 bytes")
        return Hash128(high: UInt64(bigEndian: digest.0), low: UInt64(bigEndian: digest.1))
    }
}

/// The checksum that every row carries over its key and itself: CRC-32, by zlib.
func rowChecksum(key: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) -> UInt32 {
    var sum = crc32(0, key.bindMemory(to: UInt8.self).baseAddress, UInt32(key.count))
    sum = crc32(sum, body.bindMemory(to: UInt8.self).baseAddress, UInt32(body.count))
    return UInt32(truncatingIfNeeded: sum)
}
