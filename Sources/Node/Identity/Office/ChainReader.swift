internal import CRDT
internal import Net
internal import Replica
internal import Retail
internal import Sync

/// Reads out of records of the scope `chain`, as they travel, who is headquarters and who holds the office.
struct ChainReader: Sendable {
    let chain: Hash128
    let authority: PublicKey

    /// - Parameter access: what was known.
    func read(_ access: Access, _ records: [DeltaRecord]) -> Access {
        var access = access
        for record in records {
            guard let number = record.key.id.plainNumber else { continue }
            switch record.key.collection {
            case RetailSchema.office.number:
                for value in values(of: RetailSchema.Office.grant, in: record) {
                    if let term = Office.term(number, value, chain, authority) { access.office.add(term) }
                }
            case RetailSchema.member.number where number < 1 << 24:
                let appointment = Appointment(chain: chain, member: UInt32(number))
                let roles = values(of: RetailSchema.Member.role, in: record)
                if roles.contains(where: { appointment.isMade(by: $0, signedBy: authority) }) {
                    access[UInt32(number)].isHeadquarters = true
                }
            default: break
            }
        }
        return access
    }

    /// What is new of a field, the highest last.
    private func values(of field: UInt32, in record: DeltaRecord) -> [Value] {
        // Cells that cannot be read are refused by whoever joins them.
        ((try? record.cells()) ?? []).filter { $0.slot == SlotKey(field: field) }
            .sorted { ($0.stamp, $0.dot) < ($1.stamp, $1.dot) }.compactMap(\.value)
    }
}
