import Foundation
import Node

extension Command {
    static let handover = Command(
        name: "handover", summary: "Hand HQ's office of registrar over to another headquarters, or take it in there.",
        details: """
            The registrar alone decides who belongs to the chain: it invites, revokes, fences, mints and renews certificates. With
            NAME and --to it hands that over, at once and for good: from then on it decides nothing itself. The file holds what goes
            along, sealed for that machine: carry it there, and read it with --accept when that node has heard of the grant. To run
            the first command again makes the file again.
            If the registrar is lost for good, --take makes this headquarters the registrar, with the file keys/authority.key from a
            backup of the lost one's directory. The lost one is revoked. Be sure that it is lost: as long as both are there and
            have not heard of each other, both decide.
            """,
        operands: [Operand(name: "NAME", help: "to whom, as the registrar", isRequired: false)],
        options: [
            .node("the registrar's directory; with --accept and --take, that of whoever becomes it"),
            Option(name: "to", value: "FILE", help: "where to write what goes along with the office"),
            Option(name: "accept", value: "FILE", help: "read what goes along with the office"),
            Option(name: "take", value: "FILE", help: "the authority's private key, from a backup of the lost registrar"),
            .json,
        ],
        examples: [
            "atoll handover HQ2 --dir hq --to office.pem", "atoll handover --accept office.pem --dir hq2",
            "atoll handover --take backup/keys/authority.key --dir hq2",
        ]
    ) { arguments in
        let directory = try arguments.required("dir")
        switch (arguments.operands.first, arguments.value("to"), arguments.value("accept"), arguments.value("take")) {
        case (let name?, let file?, nil, nil):
            let outcome = try NodeControl.decide(.handOver(name: name), in: directory)
            guard case .handedOver(let handover) = outcome else { return }
            do {
                try handover.write(to: file)
            } catch {
                let cause = CommandError(describing: error)
                throw CommandError(
                    code: cause.code,
                    description: "\(name.printable) holds the office now, but what goes along with it was not written: "
                        + "\(cause.description)\nRun this again with another file.")
            }
            try tell(handover, file, arguments)
        case (nil, nil, let file?, nil):
            try tell(try NodeControl.decide(.acceptOffice(bundle: try read(file)), in: directory), arguments)
        case (nil, nil, nil, let file?):
            try tell(try NodeControl.decide(.takeOffice(key: try read(file)), in: directory), arguments)
        default:
            throw CommandError.usage(
                "say NAME and --to FILE to hand over, or --accept FILE or --take FILE to become the registrar.")
        }
    }

    /// A bundle of a large chain holds some thousand invitations; what is longer is none.
    private static func read(_ path: String) throws -> [UInt8] {
        let limit = 16 << 20
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            let data = try handle.read(upToCount: limit + 1) ?? Data()
            guard data.count <= limit else {
                throw CommandError.badInput("\(path): the file is too large for what it should be.")
            }
            return Array(data)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError.badInput("\(path): this file cannot be read. Name the file that was carried here.")
        }
    }

    private static func tell(_ handover: OfficeHandover, _ file: String, _ arguments: Arguments) throws {
        guard !arguments.has("json") else {
            return try Atoll.print(
                JSON.object([
                    ("term", .integer(Int(handover.term))), ("member", .integer(Int(handover.member))),
                    ("name", .text(handover.name)), ("since", .integer(handover.since)), ("file", .text(file)),
                ]).line + "\n")
        }
        try Atoll.print(
            """
            \(handover.name.printable) is the registrar from now on (term \(handover.term)); nothing is decided here any more.
            Carry \(file) there, which only that machine can read, and run there:
              atoll handover --accept FILE --dir DIR

            """)
    }

    private static func tell(_ outcome: RegistrarAct.Outcome, _ arguments: Arguments) throws {
        guard case .inOffice(let term) = outcome else { return }
        guard !arguments.has("json") else {
            return try Atoll.print(JSON.object([("term", .integer(Int(term)))]).line + "\n")
        }
        try Atoll.print("This member is the registrar (term \(term)): it decides who belongs to the chain.\n")
    }
}
