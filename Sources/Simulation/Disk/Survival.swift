/// Which of the changes that were never synced are on the platters after a power cut.
///
/// Changes are taken over all files in the order in which they were issued. A change is a write, a truncation, the
/// creation of a name or its removal.
public enum Survival: String, CaseIterable, Codable, Hashable, Sendable {
    /// None: the cache of the drive is lost.
    case nothing
    /// Those up to a random moment.
    case prefix
    /// Those up to a random moment; the write that was under way then is torn at the boundary of a sector.
    case tornPrefix = "torn_prefix"
    /// Each by the toss of a coin: later ones can survive earlier ones, as a drive reorders.
    case subset
    /// Each sector of each write by the toss of a coin.
    case sectors
    /// All: only the program died.
    case everything

    enum Fate {
        case kept, lost, torn, scattered
    }

    /// What becomes of the change at `position`, where `cut` is the random moment of this power cut.
    func fate(at position: Int, cut: Int, using random: inout some RandomNumberGenerator) -> Fate {
        switch self {
        case .nothing: .lost
        case .prefix: position < cut ? .kept : .lost
        case .tornPrefix: position < cut ? .kept : position == cut ? .torn : .lost
        case .subset: Bool.random(using: &random) ? .kept : .lost
        case .sectors: .scattered
        case .everything: .kept
        }
    }
}
