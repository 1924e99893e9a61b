/// A place in the chain that waits for a machine.
struct Invitation: Hashable {
    let member: UInt32
    let name: String
    /// It is to hold everything.
    var isHeadquarters = false
    /// The store that it is to be one of the tills of.
    var store: UInt32?
    /// SHA-256. The secret itself is in the token alone.
    let secretDigest: [UInt8]
    /// Milliseconds since 1970.
    let expires: Int64
    /// SHA-256 of the public key of the one machine that the token has let in, from the moment at which that was decided.
    var usedBy: [UInt8]?
}
