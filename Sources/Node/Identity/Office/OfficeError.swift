/// Why the registrar's office is not handed over, or not taken. Nothing was changed.
public enum OfficeError: Error, Hashable, Sendable {
    public enum Unfit: Hashable, Sendable {
        case holdsItAlready, revoked, fenced, store
        /// Its certificate cannot be read, so nothing can be sealed for it.
        case certificate
    }

    /// Another member has it, since that moment; milliseconds since 1970.
    case heldElsewhere(holder: String, since: Int64)
    /// The record of the present term is damaged here, or not here any more.
    case holderUnknown(term: UInt64)
    /// This member was granted it, and has not taken in what goes along with it.
    case notTakenIn
    case unfit(String, Unfit)
    /// What was read is no bundle.
    case notABundle
    case newerBundle(Int)
    /// Its key is not this machine's; or it was changed on the way.
    case sealedForAnother
    case otherChain
    /// The bundle is of a term that is over.
    case staleBundle(term: UInt64, present: UInt64)
    /// Nobody has told this member yet that it holds the office.
    case notGranted(term: UInt64)
    /// The key is not that of the chain's authority.
    case otherAuthority
    /// All numbers of terms were used.
    case tooManyTerms
}

extension OfficeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .heldElsewhere(let holder, let since):
            "\(holder) holds the registrar's office since \(Timestamp.text(since)): only there is decided who belongs to the chain."
        case .holderUnknown(let term):
            "the record of term \(term) of the registrar's office is damaged here, or an older database was put back, so nobody "
                + "knows who holds it. Let the node sync with another headquarters (atoll serve), or put it back from a backup "
                + "(atoll restore)."
        case .notTakenIn:
            "this member holds the registrar's office, but what goes along with it has not come: run atoll handover --accept FILE "
                + "with the file that was made where it was handed over."
        case .unfit(let name, .holdsItAlready): "\(name) holds the registrar's office already."
        case .unfit(let name, .revoked): "\(name) is revoked: it cannot hold the registrar's office."
        case .unfit(let name, .fenced): "\(name) is fenced as lost: it cannot hold the registrar's office."
        case .unfit(let name, .store):
            "\(name) is a store, and does not hold everything: it cannot hold the registrar's office. Invite another "
                + "machine for that: atoll invite NAME --headquarters"
        case .unfit(let name, .certificate):
            "the certificate of \(name) cannot be read here, so nothing can be sealed for it. Let the node sync, and try again."
        case .notABundle: "this is not what atoll handover writes, or not all of it. Carry the file over again."
        case .newerBundle(let version):
            "the file is of version \(version), which this program does not know. Use the same version here and there."
        case .sealedForAnother:
            "the file was not sealed for this machine, or has changed on the way. Make it again where the office was handed over "
                + "(atoll handover NAME --to FILE), and read it on the machine of that name."
        case .otherChain: "the file is of another chain."
        case .staleBundle(let term, let present):
            "the file is of term \(term) of the registrar's office, and the present one is term \(present). Use the file that was "
                + "made last."
        case .notGranted(let term):
            "this member has not heard yet that it holds the registrar's office in term \(term). Let it sync with the one that "
                + "handed it over (atoll serve), and run this again."
        case .otherAuthority: "the key is not that of this chain's authority: it is not the right one, or of another chain."
        case .tooManyTerms: "the registrar's office was handed over too often: all numbers of terms were used."
        }
    }
}
