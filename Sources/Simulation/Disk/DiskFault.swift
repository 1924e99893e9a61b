/// Something that goes wrong at the n-th operation after it is armed.
///
/// Several can be armed on one disk; each counts for itself. What holds for a stretch of time (a full disk, a read-only
/// one, a lying sync) is a property of `SimulatedDisk` instead.
public struct DiskFault: Hashable, Sendable {
    public enum Effect: String, CaseIterable, Codable, Hashable, Sendable {
        /// This operation fails and changes nothing; later ones work.
        case error
        /// This operation and every later one of the same kinds fail.
        case errorsFromThenOn = "errors_from_then_on"
        /// This operation and every later one of the same kinds find no room, and change nothing.
        case fullFromThenOn = "full_from_then_on"
        /// The power goes before the operation is done: it and whatever comes later fail, until `SimulatedDisk.powerCut`
        /// says what the platters hold and a new disk is made of that.
        case powerLoss = "power_loss"
    }

    public let effect: Effect
    /// The operations that are counted and that can fail.
    public let operations: Set<DiskOperation>
    /// How many of them still succeed.
    private(set) var passes: Int

    /// - Parameters:
    ///   - passes: how many of `operations` succeed before the fault strikes; 0 strikes at the next one.
    public init(_ effect: Effect, after passes: Int, of operations: Set<DiskOperation> = Set(DiskOperation.allCases)) {
        precondition(passes >= 0, "a fault strikes after a number of operations")
        self.effect = effect
        self.operations = operations
        self.passes = passes
    }

    /// Counts one operation, and says whether the fault strikes at it.
    mutating func strikes(at operation: DiskOperation) -> Bool {
        guard operations.contains(operation) else { return false }
        guard passes > 0 else { return true }
        passes -= 1
        return false
    }
}
