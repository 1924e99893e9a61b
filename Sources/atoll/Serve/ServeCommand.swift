import Foundation
import Glibc
import Node
import Sync

extension Command {
    static let serve = Command(
        name: "serve", summary: "Run a node: own a replica, and sync it with the others of the chain.",
        details: """
            The node runs until it gets SIGTERM or SIGINT, then makes everything durable and ends with exit code 0. It dials
            the peers that node.json in its directory names and every HQ that the chain knows of, takes in whoever of the chain dials it, and finds them again by
            itself when lines come back. Its log goes to standard error, one JSON object a line. Other commands reach it through
            the socket node.sock in its directory.
            """,
        options: [
            .node("the node's directory, as atoll init or atoll join made it"),
            .listen("where to listen, instead of what node.json says"),
            Option(name: "peer", value: "HOST:PORT", help: "whom to dial, instead of all others"),
        ],
        examples: ["atoll serve --dir HQ", "atoll serve --dir S012 --peer 10.0.0.7:7400"]
    ) { arguments in
        let directory = try arguments.required("dir")
        let ends = blockEndSignals()
        try Interruption.check()
        OpenFileLimit.raise()
        var configuration = try NodeConfiguration.read(in: directory)
        if let listen = try arguments.address("listen") { configuration.listen = listen }
        if let peer = try arguments.address("peer") {
            (configuration.peers, configuration.dialsHeadquarters) = ([.init(address: peer)], false)
        }
        let log = NodeLog { Diagnostics.line($0) }
        let player = LogPlayer()
        let service = try NodeService(directory, configuration, log: log, extension: controls(player))
        let waiter = Thread {
            var (signals, number) = (ends, Int32(0))
            // One that came while the replica was being opened waits here.
            sigwait(&signals, &number)
            service.stop()
        }
        waiter.start()
        try service.run()
    }

    /// What the node answers besides what it knows itself.
    private static func controls(_ player: LogPlayer) -> ControlExtension {
        ControlExtension { error in
            let described = CommandError(describing: error)
            return ControlRefusal(error: described.description, code: described.code.rawValue)
        } answer: { method, parameters, context, reply in
            guard [LogPlayer.method, NodeFigures.method, ShopDesk.method].contains(method) else { return false }
            Task {
                do {
                    if method == ShopDesk.method { return reply(.success(try await ShopDesk.serve(parameters, context))) }
                    guard method == LogPlayer.method else {
                        return reply(.success(try JSONEncoder().encode(try await NodeFigures(of: context.owner))))
                    }
                    reply(.success(try await player.play(parameters, context)))
                } catch {
                    reply(.failure(error))
                }
            }
            return true
        }
    }

    /// Keeps the signals that ask the program to end for whoever waits for them: none is lost, however early it comes. Threads
    /// that are begun later inherit this.
    private static func blockEndSignals() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        return signals
    }
}
