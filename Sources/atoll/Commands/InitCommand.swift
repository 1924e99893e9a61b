import Node

extension Command {
    static let initialize = Command(
        name: "init", summary: "Found a chain: make HQ's replica, keys and certificate authority.",
        details: """
            DIR becomes HQ's directory. Its folder `keys` holds the authority's private key, with which anyone could make
            members of the chain: back it up, and let nobody else read it. Stores join with tokens (atoll invite, atoll join).
            """,
        options: [
            .node("HQ's directory; an empty one, or a name that is free"),
            .listen("where HQ listens; 0.0.0.0:7400 if it is not said"),
            .address("where stores dial HQ; can be said at each invitation instead"), .json,
        ],
        examples: ["atoll init --dir hq --address hq.example.com:7400"]
    ) { arguments in
        let directory = try arguments.required("dir")
        guard let listen = try arguments.address("listen") ?? NodeAddress("0.0.0.0:7400") else { return }
        let address = try arguments.dialledAddress(listen: listen)
        let founded = try Founding.found(at: directory, listen: listen, address: address, at: wallClockMilliseconds())
        guard !arguments.has("json") else {
            return try Atoll.print(
                JSON.object([
                    ("chain", .text("\(founded.card.chain)")), ("member", .integer(Int(founded.card.member))),
                    ("name", .text(founded.card.name)), ("listen", .text("\(listen)")),
                    ("address", .optional(address?.description)), ("authority", .text(hexadecimal(founded.authority))),
                ]).line + "\n")
        }
        let invite =
            address == nil ? "atoll invite NAME --dir \(directory) --address HOST:PORT" : "atoll invite NAME --dir \(directory)"
        try Atoll.print(
            """
            Founded chain \(founded.card.chain) in \(directory).
            Invite a store:  \(invite)
            Start HQ:        atoll serve --dir \(directory)
            Keep \(directory)/keys safe and secret: whoever has it can make members of the chain.

            """)
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
