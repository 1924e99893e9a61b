/// What becomes, sector by sector, of a write that power failed under.
struct SectorFates {
    static let sectorByteCount = 512

    /// Whether a sector whose write was interrupted may end up as garbage as a whole.
    let damagesSectors: Bool

    /// Applies as much of `change` to `content` as its fate leaves.
    func apply(
        _ change: FileChange, _ fate: Survival.Fate, to content: inout FileBytes,
        using random: inout some RandomNumberGenerator
    ) {
        guard case .write(let bytes, let offset) = change, !bytes.isEmpty, fate == .torn || fate == .scattered else {
            let survives = fate == .scattered ? Bool.random(using: &random) : fate == .kept
            if survives { change.apply(to: &content) }
            return
        }
        let sectors = offset / Self.sectorByteCount...(offset + bytes.count - 1) / Self.sectorByteCount
        let tear = Int.random(in: sectors, using: &random)
        for sector in sectors {
            let draw = UInt8.random(in: 0..<8, using: &random)
            let isKept = fate == .torn ? sector < tear : draw < 4
            let isDamaged = damagesSectors && (fate == .torn ? sector == tear && draw < 4 : draw == 4)
            let range = sector * Self.sectorByteCount..<(sector + 1) * Self.sectorByteCount
            if isKept {
                let part = range.clamped(to: offset..<offset + bytes.count)
                bytes.withUnsafeBytes { whole in
                    let part = UnsafeRawBufferPointer(rebasing: whole[part.lowerBound - offset..<part.upperBound - offset])
                    content.overwrite(at: max(range.lowerBound, offset), with: part)
                }
            } else if isDamaged {
                damage(range, of: &content, using: &random)
            }
        }
    }

    /// Fills what there is of a sector with garbage.
    private func damage(_ sector: Range<Int>, of content: inout FileBytes, using random: inout some RandomNumberGenerator) {
        for index in sector.clamped(to: 0..<content.count) { content[index] = UInt8.random(in: .min ... .max, using: &random) }
    }
}
