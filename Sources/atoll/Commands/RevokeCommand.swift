import Node

extension Command {
    static let revoke = Command(
        name: "revoke", summary: "Keep a member from syncing, or take that back.",
        details: """
            All members hear of it as they sync. A revoked store goes on selling locally; what it sold before stays. A name that was
            invited and has not joined yet loses its invitation.
            """,
        operands: [Operand(name: "NAME", help: "the member's name")],
        options: [
            .node("HQ's directory"), Option(name: "reason", value: "TEXT", help: "why, for whoever asks later"),
            Option(name: "undo", value: nil, help: "let the member sync again"), .json,
        ],
        examples: ["atoll revoke S012 --dir hq --reason \"till stolen\"", "atoll revoke S012 --dir hq --undo"]
    ) { arguments in
        let (name, reason) = (arguments.operands[0], arguments.value("reason"))
        guard !arguments.has("undo") || reason == nil else {
            throw CommandError.usage("--undo takes the reason away with the revocation: it goes without --reason.")
        }
        guard reason?.utf8.count ?? 0 <= 1_000 else { throw CommandError.usage("--reason takes at most 1000 bytes of text.") }
        let act: RegistrarAct = arguments.has("undo") ? .reinstate(name: name) : .revoke(name: name, reason: reason)
        let outcome = try NodeControl.decide(act, in: try arguments.required("dir"))
        guard let (member, state, said) = words(for: outcome, name.printable) else { return }
        guard !arguments.has("json") else {
            return try Atoll.print(
                JSON.object([("member", .integer(Int(member))), ("name", .text(name)), ("state", .text(state))]).line + "\n")
        }
        try Atoll.print(said + "\n")
    }

    /// - Returns: nil for the answer to another act.
    private static func words(for outcome: RegistrarAct.Outcome, _ name: String) -> (UInt32, String, String)? {
        switch outcome {
        case .revoked(.revoked(let member)):
            (member, "revoked", "Revoked \(name). The members hear of it as they sync.")
        case .revoked(.invitationWithdrawn(let member)):
            (member, "withdrawn", "Withdrew the invitation of \(name): its token is worth nothing now.")
        case .reinstated(let member): (member, "member", "\(name) may sync again.")
        case .invited, .fence, .minted, .handedOver, .inOffice: nil
        }
    }
}
