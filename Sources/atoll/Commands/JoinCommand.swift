import Foundation
import Node

extension Command {
    static let join = Command(
        name: "join", summary: "Make this machine a member of a chain, with a token from HQ.",
        details: """
            The machine makes a private key that never leaves it, and HQ certifies it. If the line is cut in the middle, run the
            same command again: HQ knows the machine by its key. Letter case, blanks and dashes in the token do not matter.

            A member whose certificate has ended, because it was off for months, joins again in its own directory with a token
            from atoll invite NAME --replace: it gets a new certificate, and keeps its key and all that it sold. Its node may
            go on running meanwhile.
            """,
        operands: [Operand(name: "TOKEN", help: "what atoll invite printed last; - for standard input")],
        options: [
            .node("the store's directory; an empty one, a name that is free, or the member's own"),
            .listen("where the store listens for its neighbours; nowhere if it is not said"),
            .address("where neighbours dial the store"), .json,
        ],
        examples: ["atoll join TOKEN --dir S012", "atoll join - --dir S012 < token.txt"]
    ) { arguments in
        let directory = try arguments.required("dir")
        let listen = try arguments.address("listen")
        let address = try arguments.dialledAddress(listen: listen)
        let text = arguments.operands[0] == "-" ? try standardInput() : arguments.operands[0]
        let joined = try Joining.join(try InviteToken(text: text), at: directory, listen: listen, address: address)
        guard !arguments.has("json") else {
            return try Atoll.print(
                JSON.object([
                    ("chain", .text("\(joined.card.chain)")), ("member", .integer(Int(joined.card.member))),
                    ("name", .text(joined.card.name)), ("headquarters", .text("\(joined.headquarters)")),
                    ("already", .boolean(joined.wasJoined)), ("expired", .boolean(joined.wasExpired)),
                ]).line + "\n")
        }
        guard !joined.wasExpired else {
            return try Atoll.print(
                """
                \(joined.card.name.printable), member \(joined.card.member), has a new certificate in \(directory). What it did meanwhile is kept.
                A node that runs there syncs within a minute. If none does:  atoll serve --dir \(directory)

                """)
        }
        try Atoll.print(
            """
            \(joined.wasJoined ? "Joined already" : "Joined") chain \(joined.card.chain) as \(joined.card.name.printable), member \(joined.card.member), in \(directory).
            Start its node:  atoll serve --dir \(directory)

            """)
    }

    /// A token is short; what is longer is no token.
    private static func standardInput() throws -> String {
        let data = try FileHandle.standardInput.read(upToCount: 1 << 16) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
