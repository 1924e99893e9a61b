import Node

extension Command {
    static let fence = Command(
        name: "fence", summary: "Say that a member's machine is lost, or see how far that has come.",
        details: """
            The member cannot sync any more, as if revoked, and every live member says, as soon as it syncs, that it knows and how
            far it holds what the lost one wrote. When all have delivered that, atoll mint NAME makes the rights that the lost
            one held available again. Say --destroyed if nobody can use the device any more; otherwise publish with --exposure
            what it may still promise if it is alive. Until its rights are minted, atoll revoke NAME --undo takes a fence back.
            """,
        operands: [Operand(name: "NAME", help: "the member's name")],
        options: [
            .node("HQ's directory"),
            Option(name: "destroyed", value: nil, help: "the device is destroyed: somebody has seen to that"),
            Option(name: "exposure", value: "TEXT", help: "what the device may still promise, for whoever asks later"),
            Option(name: "status", value: nil, help: "show who is waited for, and change nothing"), .json,
        ],
        examples: [
            "atoll fence S012 --dir hq --destroyed", "atoll fence S012 --dir hq --exposure \"12 vouchers of 20 EUR\"",
            "atoll fence S012 --dir hq --status",
        ]
    ) { arguments in
        let act = try act(arguments.operands[0], arguments)
        guard case .fence(let status) = try NodeControl.decide(act, in: try arguments.required("dir")) else { return }
        guard !arguments.has("json") else { return try Atoll.print(json(status).line + "\n") }
        try Atoll.print(words(for: status, in: try arguments.required("dir")))
    }

    static let mint = Command(
        name: "mint", summary: "Take over the rights of a fenced member, for good.",
        details: """
            Its incarnations are closed, what it sold counts on, and what it held of quotas is HQ's, to be granted to others. It needs
            every live member's word (atoll fence NAME --status). Afterwards the lost machine cannot come back; another one can
            take its place at any time: atoll invite NAME --replace. To run it again takes over what has turned up since.
            """,
        operands: [Operand(name: "NAME", help: "the member's name")], options: [.node("HQ's directory"), .json],
        examples: ["atoll mint S012 --dir hq"]
    ) { arguments in
        let name = arguments.operands[0]
        let outcome = try NodeControl.decide(.mint(name: name), in: try arguments.required("dir"))
        guard case .minted(let minting) = outcome else { return }
        guard !arguments.has("json") else {
            return try Atoll.print(
                JSON.object([
                    ("member", .integer(Int(minting.member))), ("name", .text(name)), ("records", .integer(minting.records)),
                    ("rights", .integer(Int(minting.rights))),
                ]).line + "\n")
        }
        try Atoll.print(
            "Closed \(name.printable); took over \(minting.rights.counting("right")) in \(minting.records.counting("record")).\n"
        )
    }

    private static func act(_ name: String, _ arguments: Arguments) throws -> RegistrarAct {
        let (isDestroyed, exposure) = (arguments.has("destroyed"), arguments.value("exposure"))
        guard !arguments.has("status") else {
            guard !isDestroyed, exposure == nil else { throw CommandError.usage("--status goes without a declaration.") }
            return .fenceStatus(name: name)
        }
        guard isDestroyed != (exposure != nil) else {
            throw CommandError.usage(
                "say either --destroyed, or with --exposure TEXT what the device may still promise if it is alive.")
        }
        guard let exposure else { return .fence(name: name, .destroyed) }
        guard exposure.utf8.count <= FenceDeclaration.textLimit else {
            throw CommandError.usage("--exposure takes at most \(FenceDeclaration.textLimit) bytes of text.")
        }
        return .fence(name: name, .exposure(exposure))
    }

    private static func json(_ status: FenceStatus) -> JSON {
        .object([
            ("member", .integer(Int(status.member))), ("name", .text(status.name)), ("state", .text(status.state.rawValue)),
            ("since", .integer(status.since)), ("destroyed", .boolean(status.isDestroyed)),
            ("exposure", .optional(status.exposure)), ("replaced", .boolean(status.isReplaced)),
            ("minted", .optional(status.minted)),
            (
                "waits",
                .array(
                    status.waits.map { wait in
                        .object([
                            ("member", .integer(Int(wait.member))), ("name", .text(wait.name)), ("reason", .text(wait.reason)),
                        ])
                    })
            ),
        ])
    }

    private static func words(for status: FenceStatus, in directory: String) -> String {
        let name = status.name.printable
        var lines = [
            status.exposure.map { "\(name) is fenced. It may be alive: \($0.printable)" }
                ?? "\(name) is fenced, and declared destroyed."
        ]
        switch status.state {
        case .open:
            lines.append("Waited for before its rights can be minted:")
            lines += TextTable(status.waits.map { [$0.name.printable, $0.reason] }).lines(indent: 2)
        case .complete: lines.append("All have delivered. Take over its rights: atoll mint \(name) --dir \(directory)")
        case .minted: lines.append("Its rights were minted again; it cannot come back.")
        }
        if !status.isReplaced { lines.append("For another machine: atoll invite \(name) --replace --dir \(directory)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
