import Node

extension Command.Option {
    static func node(_ help: String) -> Command.Option {
        Command.Option(name: "dir", value: "DIR", help: help, isRequired: true)
    }

    static func listen(_ help: String) -> Command.Option {
        Command.Option(name: "listen", value: "HOST:PORT", help: help)
    }

    static func address(_ help: String) -> Command.Option {
        Command.Option(name: "address", value: "HOST:PORT", help: help)
    }
}

extension Arguments {
    /// A host and a port.
    func address(_ name: String) throws(CommandError) -> NodeAddress? {
        guard let text = value(name) else { return nil }
        guard let address = NodeAddress(text) else {
            throw .usage(
                "--\(name) takes a host and a port, like 10.0.0.7:7400 or [2001:db8::7]:7400, not \"\(text.printable)\".")
        }
        return address
    }

    /// Where others dial a node: what was said, or where it listens if others can dial that.
    func dialledAddress(listen: NodeAddress?) throws(CommandError) -> NodeAddress? {
        let address = try address("address")
        if let address, address.isWildcard || address.port == 0 {
            throw .usage("--address says where others dial this node; nobody can dial \(address).")
        }
        if let address { return address }
        guard let listen, !listen.isWildcard, listen.port != 0 else { return nil }
        return listen
    }
}
