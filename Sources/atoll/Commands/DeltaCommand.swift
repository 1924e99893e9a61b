import CRDT
import Foundation
import Node
import Replica
import Sync

extension Command {
    static let delta = Command(
        name: "delta", summary: "Carry what a replica lacks in a file, for example on a USB stick.",
        details: """
            export writes what the receiver lacks of everything that the replica holds; import checks all of such a file, then
            joins it, each scope whole or not at all. Without --for the file holds everything. A receiver that is far away writes what it holds with `have`, and
            that small file goes to --for. A file of another chain, or one that is cut short or damaged, changes nothing.
            """,
        operands: [
            Operand(name: "ACTION", help: "export, import or have"),
            Operand(name: "FILE", help: "the file to write or to read"),
        ],
        options: [
            .chain("the chain's directory"),
            Option(name: "replica", value: "NAME", help: "whose copy is meant: HQ or a store", isRequired: true),
            Option(name: "for", value: "WHOM", help: "export: a replica of this chain, or a file that it wrote with `have`"),
            .quiet,
        ],
        examples: [
            "atoll delta export stick.atoll --dir chain --replica S000 --for HQ",
            "atoll delta import stick.atoll --dir chain --replica HQ",
            "atoll delta have hq.cut --dir chain --replica HQ",
        ]
    ) { arguments in
        guard arguments.operands.count == 2 else { throw CommandError.usage("name an action and a file.") }
        let (action, file) = (arguments.operands[0], arguments.operands[1])
        let chain = try ChainFolder.open(at: try arguments.required("dir"))
        let member = try chain.member(named: try arguments.required("replica"))
        switch action {
        case "export": try export(file, chain, member, arguments)
        case "import": try importFile(file, chain, member, arguments)
        case "have": try have(file, chain, member)
        default:
            let hint = suggestion(action, among: ["export", "import", "have"])
            throw CommandError.usage("delta knows export, import and have, not \"\(action.printable)\"\(hint).")
        }
    }

    private static func have(_ path: String, _ chain: ChainFolder, _ member: ChainRegister.Member) throws {
        let replica = try chain.read(member).replica
        let cuts = replica.heldScopes.map { ($0, replica.cut(of: $0)) }
        let file = CutsFile(chain: chain.register.chain, cuts: Dictionary(uniqueKeysWithValues: cuts))
        try NewFile.write(path) { try $0(file.bytes) }
    }

    private static func export(
        _ path: String, _ chain: ChainFolder, _ member: ChainRegister.Member, _ arguments: Arguments
    ) throws {
        let directory = try chain.read(member)
        let replica = directory.replica
        let known = try receiver(arguments.value("for"), chain)
        var counts = DeltaFileCounts()
        try locating(directory.path) {
            try NewFile.write(path) { write in
                let prologue = DeltaFilePrologue(
                    chain: chain.register.chain, created: HLC(milliseconds: wallClockMilliseconds()),
                    sender: replica.identity.origin)
                let writer = try DeltaFileWriter(prologue, sink: write)
                for scope in replica.heldScopes where known.wants(scope) {
                    guard let extraction = try replica.extraction(scope, for: known.cuts[scope] ?? Cut()) else {
                        continue
                    }
                    try writer.begin(extraction.header)
                    var position = 0
                    while position < extraction.keys.count {
                        let part = try replica.records(of: extraction, from: position, byteBudget: 1 << 20)
                        try writer.append(part.records)
                        position = part.next
                        try Interruption.check()
                    }
                }
                try writer.finish()
                counts = writer.counts
            }
        }
        guard !arguments.has("quiet") else { return }
        try Atoll.print(
            "Wrote \(counts.records.grouped) records of \(counts.sections.grouped) scopes to \(path).\n")
    }

    /// What the one holds whom an export is for, and what he takes in.
    private static func receiver(
        _ whom: String?, _ chain: ChainFolder
    ) throws -> (cuts: [Scope: Cut], wants: (Scope) -> Bool) {
        guard let whom else { return ([:], { _ in true }) }
        if let member = chain.register.member(named: whom) {
            let directory = try chain.read(member)
            let cuts = directory.replica.heldScopes.map { ($0, directory.replica.cut(of: $0)) }
            return (Dictionary(uniqueKeysWithValues: cuts), directory.wants)
        }
        guard let bytes = FileManager.default.contents(atPath: whom) else {
            throw CommandError.badInput(
                "\(whom.printable) is neither a replica of this chain nor a file that `atoll delta have` wrote.")
        }
        let cuts = try locating(whom) { try CutsFile(Array(bytes), chain: chain.register.chain).cuts }
        return (cuts, { _ in true })
    }

    private static func importFile(
        _ path: String, _ chain: ChainFolder, _ member: ChainRegister.Member, _ arguments: Arguments
    ) throws {
        let directory = try ReplicaDirectory.open(at: chain.path(of: member))
        guard !directory.isBehindHighWater else { throw NodeError.behindHighWater(directory: directory.path) }
        let changed = try locating(path) {
            try DeltaIntake(path: path, chain: chain.register.chain, wants: directory.wants).run(
                into: directory.replica, at: wallClockMilliseconds())
        }
        if directory.doubt != nil { try directory.beginIncarnation(at: wallClockMilliseconds()) }
        if directory.replica.needsRecount, directory.replica.quarantinedKeys.isEmpty {
            try directory.replica.recountClosed(at: wallClockMilliseconds())
        }
        try directory.replica.checkpoint()
        try directory.writeHighWater()
        guard !arguments.has("quiet") else { return }
        try Atoll.print(
            changed == 0
                ? "\(member.name) held all of \(path) already.\n"
                : "\(member.name) took in \(changed.grouped) records from \(path).\n")
    }
}

extension DeltaFileError: RefusedInput {
    var refusal: String {
        switch self {
        case .notADeltaFile: "it is not a file that `atoll delta` wrote. Nothing was changed; check the name."
        case .newerVersion(let found, let supported):
            "it has version \(found); this program reads up to \(supported). Nothing was changed; use the newer program."
        case .otherChain: "it belongs to another chain of stores. Nothing was changed; check which stick this is."
        case .truncated(let offset):
            "it ends too early, at byte \(offset): it was not copied whole. Nothing was changed; copy it again."
        case .changed: "it changed while it was read. Run the import again."
        default: "it is damaged (\(self)). Nothing was changed; copy or export it again."
        }
    }
}
