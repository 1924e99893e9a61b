import Net
import Node
import Replica
import Sync
import Testing

/// HQ, a second headquarters and a store, which have enrolled over loopback, and meet when a test says so.
struct OfficeChain {
    static let now = TestChain.now

    let chain: TestChain
    var headquarters: String { chain.path }
    var second: String { chain.folder["hq2"] }
    var store: String { chain.folder["store"] }
    /// Where HQ would write what goes along with the office.
    var file: String { chain.folder["office.pem"] }

    init() throws {
        chain = try TestChain()
        let tokens = try chain.registrar { registrar in
            [
                try registrar.invite("HQ2", as: .headquarters, validMilliseconds: TestChain.day, at: Self.now),
                try registrar.invite("S001", validMilliseconds: TestChain.day, at: Self.now),
            ]
        }
        let running = try RunningHeadquarters(chain)
        defer { running.stop() }
        for (token, path) in zip(tokens, ["hq2", "store"]) {
            _ = try Joining.join(
                token.at(running.address), at: chain.folder[path], address: try .test("\(path):7400"), clock: { Self.now })
        }
    }

    func perform(_ act: RegistrarAct, at path: String, _ now: Int64 = now) throws -> RegistrarAct.Outcome {
        try act.perform(on: try ReplicaDirectory.open(at: path), at: now)
    }

    /// Hands over to the second headquarters; nothing has been brought to it when this returns.
    func handOver() throws -> OfficeHandover {
        guard case .handedOver(let handover) = try perform(.handOver(name: "HQ2"), at: headquarters) else {
            throw NodeError.stopped
        }
        return handover
    }

    /// Brings what one has to another.
    func bring(from source: String, to sink: String) throws {
        let (source, sink) = (try ReplicaDirectory.open(at: source), try ReplicaDirectory.open(at: sink))
        for scope in source.replica.heldScopes {
            let delta = try source.replica.delta(scope, for: sink.replica.cut(of: scope))
            if let delta { try sink.replica.join([delta], at: Self.now) }
        }
    }

    func office(at path: String) throws -> Office { try Membership(of: try ReplicaDirectory.open(at: path)).office }

    /// Whether a member's registrar decides, as far as that one's own machine is concerned.
    func decides(_ path: String) throws -> Bool {
        do {
            _ = try Registrar(try ReplicaDirectory.open(at: path))
            return true
        } catch is OfficeError {
            return false
        } catch is IdentityError {
            return false
        }
    }
}
