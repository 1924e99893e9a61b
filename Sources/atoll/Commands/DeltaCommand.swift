import CRDT
import Foundation
import Node
import Replica
import Sync

extension Command {
    static let delta = Command(
        name: "delta", summary: "Carry what a replica lacks in a file, for example on a USB stick.",
        details: """
            export writes what the receiver lacks of everything that the replica holds; without --for the file holds all of it.
            A receiver that is far away writes what it holds with have, and that small file goes to --for. import checks all of
            a file that export wrote, then joins it, each scope whole or not at all. A file of another chain, or one that is cut
            short or damaged, changes nothing. export and have only read, so they work beside others.
            """,
        operands: [
            Operand(name: "ACTION", help: "export, import or have"),
            Operand(name: "FILE", help: "the file to write or to read"),
        ],
        options: [
            .chain("the chain's directory"),
            Option(name: "replica", value: "NAME", help: "whose copy is meant: HQ or a store", isRequired: true),
            Option(name: "for", value: "WHOM", help: "export: a replica of this chain, or a file that have wrote"),
            .quiet,
        ],
        examples: [
            "atoll delta export stick.atoll --dir chain --replica S000 --for HQ",
            "atoll delta import stick.atoll --dir chain --replica HQ",
            "atoll delta have hq.cut --dir chain --replica HQ",
            "atoll delta export stick.atoll --dir chain --replica S000 --for hq.cut",
        ]
    ) { arguments in
        let (action, file) = (arguments.operands[0], arguments.operands[1])
        guard ["export", "import", "have"].contains(action) else {
            let hint = suggestion(action, among: ["export", "import", "have"])
            throw CommandError.usage(
                "delta knows export, import and have, not \"\(action.printable)\"\(hint).\nSee: atoll delta --help")
        }
        guard action == "export" || arguments.value("for") == nil else {
            throw CommandError.usage("--for says whom an export is for; \(action) takes none.\nSee: atoll delta --help")
        }
        let path = try arguments.required("dir")
        let chain = try action == "import" ? ChainFolder.open(at: path) : ChainFolder.read(at: path)
        let member = try chain.member(named: try arguments.required("replica"))
        switch action {
        case "export": try export(file, chain, member, arguments)
        case "import": try importFile(file, chain, member, arguments)
        default: try have(file, chain, member, arguments)
        }
    }

    private static func have(
        _ path: String, _ chain: ChainFolder, _ member: ChainRegister.Member, _ arguments: Arguments
    ) throws {
        let replica = try chain.read(member).replica
        let cuts = replica.heldScopes.map { ($0, replica.cut(of: $0)) }
        let file = CutsFile(chain: chain.register.chain, cuts: Dictionary(uniqueKeysWithValues: cuts))
        try NewFile.write(path) { try $0(file.bytes) }
        guard !arguments.has("quiet") else { return }
        try Atoll.print("Wrote what \(member.name) holds of \(cuts.count.counting("scope")) to \(path).\n")
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
                    try writer.append(scope, of: replica, for: known.cuts[scope] ?? Cut(), checking: Interruption.check)
                }
                try writer.finish()
                counts = writer.counts
            }
        }
        guard !arguments.has("quiet") else { return }
        try Atoll.print(
            "Wrote \(counts.records.counting("record")) of \(counts.sections.counting("scope")) to \(path).\n")
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
        let directory = try chain.open(member)
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
                : "\(member.name) took in \(changed.counting("record")) from \(path).\n")
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
        default: "it is damaged: \(damage). Nothing was changed; copy or export it again."
        }
    }

    /// Where, and what.
    private var damage: String {
        func place(_ section: Int?, _ piece: Int? = nil) -> String {
            (section.map { " of section \($0)" } ?? "") + (piece.map { ", piece \($0)" } ?? "")
        }
        return switch self {
        case .damaged(let section, let piece, let offset):
            "the checksum before byte \(offset)\(place(section, piece)) does not fit"
        case .trailing(let offset): "something follows its end, from byte \(offset) on"
        case .unknownBlock(let kind, let offset): "there is no block of kind \(kind), as at byte \(offset)"
        case .oversizedBlock(let length, let limit, let offset):
            "the block at byte \(offset) has \(length) bytes, more than \(limit)"
        case .pieceWithoutSection(let offset): "the piece at byte \(offset) belongs to no section"
        case .block(let error, let section): "the header\(place(section)) breaks its form (\(error))"
        case .piece(let error, let section, let piece): "the content\(place(section, piece)) breaks its form (\(error))"
        case .keysOutOfOrder(_, let section, let piece): "the keys\(place(section, piece)) do not ascend"
        case .miscounted: "it does not hold as many records as it says"
        case .notADeltaFile, .newerVersion, .otherChain, .truncated, .changed: "\(self)"
        }
    }
}
