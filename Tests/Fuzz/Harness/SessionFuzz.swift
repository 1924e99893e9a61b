internal import CRDT
internal import Replica
internal import Sync

/// Tries sessions: nothing traps, what is held stays sound, and afterwards two honest ends come together as ever.
///
///     input    byte 0: then operations of a line between two honest ends (`FuzzLine`)
///              byte 1: then what a peer says to headquarters (`FuzzPeer`); byte 2: to the store
enum SessionFuzz {
    enum Mode {
        static let line: UInt8 = 0
        static let headquarters: UInt8 = 1
        static let store: UInt8 = 2
    }

    static func check(_ input: [UInt8]) throws {
        guard let mode = input.first else { return }
        let scene = try FuzzScene.shared.get()
        let (store, headquarters) = (try FuzzEnd(scene.receiver, run: 101), try FuzzEnd(scene.headquarters, run: 102))
        var line = FuzzLine(store, headquarters)
        let shared = store.replica.heldScopes.filter { Access().mayRead(store.member, $0) }
        switch mode % 3 {
        case Mode.line:
            let origins = [store, headquarters].map(\.replica.identity.origin)
            try line.run(input.dropFirst())
            try heal(&line, comparing: shared)
            // Several faults together may close an incarnation, and then the next session brings what this one left out.
            if origins != [store, headquarters].map(\.replica.identity.origin) { try heal(&line, comparing: shared) }
        case let mode:
            let victim = mode % 3 == Mode.headquarters ? headquarters : store
            try FuzzPeer(member: 2, against: victim).run(input.dropFirst())
            // Whatever else may pass by the peer, it may have filled with histories that their origins do not know.
            try heal(&line, comparing: [Scope(.books, of: 1), Scope(.stock, of: 1)])
        }
    }

    /// Two sessions: the first one may have to settle the past of one side, which leaves out what the other has doubted.
    private static func heal(_ line: inout FuzzLine, comparing scopes: [Scope]) throws {
        try line.heal()
        try line.heal()
        let (store, headquarters) = (line.ends[0], line.ends[1])
        for end in line.ends {
            try end.check()
            try Violation.unless(
                end.session?.phase == .open, "honest ends meet", "\(end.member): \(end.session?.end as Any)")
        }
        for scope in scopes {
            try Violation.unless(
                store.replica.cut(of: scope) == headquarters.replica.cut(of: scope)
                    && store.replica.digest(of: scope) == headquarters.replica.digest(of: scope),
                "honest ends hold the same afterwards",
                "\(scope): \(store.session?.suspended as Any), \(headquarters.session?.suspended as Any)")
        }
    }
}
