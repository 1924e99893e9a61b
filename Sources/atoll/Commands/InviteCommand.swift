import Node

extension Command {
    static let invite = Command(
        name: "invite", summary: "Make a token with which one machine becomes a member of the chain.",
        details: """
            The token is the last line of the output. It works once, until it expires, and whoever has it first becomes the
            member: hand it over like a password. To invite a name again that has not joined yet makes its old token worthless.
            --replace puts a new machine in the place of a member's old one, which cannot sync any more once the new one has joined.
            """,
        operands: [Operand(name: "NAME", help: "what the member is called, like S012")],
        options: [
            .node("HQ's directory"),
            Option(name: "valid", value: "HOURS", help: "how long the token works, 1 to 8760; 48 hours if it is not said"),
            .address("where the store dials HQ, if that is not what HQ was founded with"),
            Option(name: "replace", value: nil, help: "the member's machine is replaced by a new one"),
            Option(
                name: "headquarters", value: nil,
                help: "the machine holds everything, passes everything on, and can be handed HQ's office"),
            Option(name: "till-of", value: "STORE", help: "the machine is one of several tills in this store"), .json,
        ],
        examples: [
            "atoll invite S012 --dir hq", "atoll invite S012 --dir hq --replace --valid 4",
            "atoll invite HQ2 --headquarters --dir hq", "atoll invite S012-2 --till-of S012 --dir hq",
        ]
    ) { arguments in
        let hours = try arguments.number("valid") ?? 48
        guard (1...8_760).contains(hours) else {
            throw CommandError.usage("--valid takes 1 to 8760 hours, not \(hours).")
        }
        let store = arguments.value("till-of")
        guard store == nil || !arguments.has("headquarters") else {
            throw CommandError.usage("a machine is HQ's or a till, not both: leave out --headquarters or --till-of.")
        }
        let role: Registrar.Role = arguments.has("headquarters") ? .headquarters : store.map { .till(of: $0) } ?? .store
        let act = RegistrarAct.invite(
            name: arguments.operands[0], replaces: arguments.has("replace"), role: role,
            validMilliseconds: Int64(hours) * 3_600_000, address: try arguments.dialledAddress(listen: nil))
        guard case .invited(let token) = try NodeControl.decide(act, in: try arguments.required("dir")) else { return }
        guard !arguments.has("json") else {
            return try Atoll.print(
                JSON.object([
                    ("member", .integer(Int(token.member))), ("name", .text(token.name)), ("token", .text(token.text)),
                    ("expires", .integer(token.expires)), ("address", .text("\(token.address)")),
                ]).line + "\n")
        }
        try Atoll.print(
            """
            Invited \(token.name.printable) as member \(token.member), to dial \(token.address) within \(hours.counting("hour")). There:
              atoll join TOKEN --dir DIR
            The token works once:
            \(token.text)

            """)
    }
}
