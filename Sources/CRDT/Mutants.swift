/// Faults that are seeded into the real code, to ask whether the simulations would notice them.
///
/// A site is a condition in the code that it changes: `if Mutants.isOn("name-of-the-fault") { ... }`. In every normal build the
/// condition is the constant false, so neither the branch nor the name is in the program. A build with the package trait
/// `Mutants` holds all of them, and one at most is on. `Simulations/mutants.md` says what each breaks and what should find
/// it; `.ci/mutants` plays the scenarios with one after another.
///
/// Source: DeMillo, Lipton, Sayward, "Hints on Test Data Selection" (1978).
public enum Mutants {
    #if Mutants
        // Unchecked: written by `turnOn` alone, while there is one thread.
        nonisolated(unsafe) private static var chosen: [UInt8] = []
        // Unchecked: whichever thread writes it, it is only ever set to true.
        nonisolated(unsafe) private static var isReached = false

        /// Chooses the fault, for as long as the program runs. To be called before anything else happens.
        public static func turnOn(_ name: String) { chosen = Array(name.utf8) }

        /// Whether the chosen fault's site was passed at all: one that never was says nothing about the oracles.
        public static var wasReached: Bool { isReached }

        @inline(never)
        public static func isOn(_ name: StaticString) -> Bool {
            guard name.utf8CodeUnitCount == chosen.count else { return false }
            guard name.withUTF8Buffer({ chosen.elementsEqual($0) }) else { return false }
            if !isReached { isReached = true }
            return true
        }
    #else
        /// Whether a fault is switched on: never, in a build without the trait.
        @inlinable
        @inline(__always)
        public static func isOn(_ name: StaticString) -> Bool { false }
    #endif
}
