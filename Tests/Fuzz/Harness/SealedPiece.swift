internal import Replica
internal import Sync

/// Pieces without their checksum, which no mutation would guess: the form byte, then what follows the checksum.
enum SealedPiece {
    private static let checksumBytes = 1..<5

    /// - Parameter decoder: of the delta that the piece belongs to; it says which checksum would fit.
    static func seal(_ unsealed: [UInt8], by decoder: PieceDecoder) -> [UInt8] {
        guard let form = unsealed.first else { return [] }
        return reseal([form, 0, 0, 0, 0] + unsealed.dropFirst(), by: decoder)
    }

    /// Makes the checksum of a piece fit.
    static func reseal(_ piece: [UInt8], by decoder: PieceDecoder) -> [UInt8] {
        do throws(PieceError) {
            _ = try decoder.decode(piece)
        } catch {
            guard case .checksum(_, let computed) = error else { return piece }
            var sealed = piece
            for (place, index) in checksumBytes.enumerated() {
                sealed[index] = UInt8(truncatingIfNeeded: computed >> (24 - 8 * UInt32(place)))
            }
            return sealed
        }
        return piece
    }

    static func unsealed(_ piece: [UInt8]) -> [UInt8] {
        Array(piece.prefix(1) + piece.dropFirst(checksumBytes.upperBound))
    }
}
