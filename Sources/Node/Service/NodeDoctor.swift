internal import Foundation
internal import Net

/// Looks at a node, running or not, and says in words what is wrong and what to do.
public struct NodeDoctor {
    private let directory: String

    public init(_ directory: String) {
        self.directory = directory
    }

    /// What needs a person; nothing if all is well.
    public func findings() throws -> [String] {
        let keys = try NodeKeys.read(in: directory)
        var findings = certificate(keys)
        do {
            let answer = try ControlClient(directory).ask("status")
            findings += running(try JSONDecoder().decode(NodeStatus.self, from: answer))
        } catch ControlError.noNode {
            findings.append("No node is running here: nothing syncs. Start it: atoll serve --dir \(directory)")
        }
        return findings
    }

    private func certificate(_ keys: NodeKeys) -> [String] {
        guard let validity = try? keys.certificate.validity else { return ["The node's certificate cannot be read."] }
        let left = validity.upperBound - systemMilliseconds()
        if systemMilliseconds() < validity.lowerBound {
            return ["The certificate is not valid yet: this machine's clock is behind. Set the clock."]
        }
        guard left > 0 else {
            return [
                "The certificate has expired: the store goes on selling, but nobody syncs with it. At HQ, run "
                    + "atoll invite NAME --replace, and join this machine again with that token."
            ]
        }
        guard Renewal.isDue(validity, at: systemMilliseconds() - 7 * 86_400_000) else { return [] }
        return ["The certificate ends in \(left / 86_400_000) days, and should have been renewed: is HQ reachable?"]
    }

    private func running(_ status: NodeStatus) -> [String] {
        var findings: [String] = []
        for peer in status.peers {
            if peer.state == "not connected" {
                let why = peer.errorDetail ?? "nobody has dialled"
                findings.append("\(peer.name) is not connected: \(why). \(Self.advice(peer.error))")
            }
            for (scope, reason) in peer.suspended.sorted(by: { $0.key < $1.key }) {
                findings.append("\(scope) does not sync with \(peer.name): \(reason).")
            }
            if let offset = peer.clockOffsetMilliseconds, abs(offset) > 2_000, status.member != 0, peer.member == 0 {
                findings.append(
                    "This machine's clock is \(abs(offset) / 1000) s \(offset > 0 ? "behind" : "ahead of") HQ's. Set it, or let it "
                        + "follow a time server.")
            }
        }
        for (member, stamps) in Dictionary(grouping: status.stampsAhead, by: \.member).sorted(by: { $0.key < $1.key }) {
            let seconds = (stamps.map(\.milliseconds).max() ?? 0) / 1000
            let name = stamps[0].name.isEmpty ? "member \(member)" : stamps[0].name
            findings.append(
                "\(name) has written with a clock that runs \(seconds) s ahead. Set that machine's clock. What it wrote ranks before "
                    + "later edits that did not see it, until the time has come; nobody else's clock follows.")
        }
        if !status.damagedScopes.isEmpty {
            findings.append(
                "The disk has damaged rows of \(status.damagedScopes.joined(separator: ", ")); "
                    + "\(status.quarantinedRecords) records are set aside. They come back by themselves from a node that holds "
                    + "as much. If this stays, see that one is connected; if it happens again, replace the disk.")
        }
        if let trouble = status.diskTrouble {
            findings.append("Since \(Timestamp.text(trouble.since)), \(trouble.times) times: \(trouble.detail)")
        } else if let free = status.freeDiskBytes, free < 1 << 30 {
            findings.append("Only \(free >> 20) MiB of disk are free. Make room before sales cannot be stored.")
        }
        return findings
    }

    private static func advice(_ error: String?) -> String {
        switch error {
        case "revoked": "HQ decided that; only HQ can take it back (atoll revoke NAME --undo)."
        case "other_chain": "It belongs to another chain: check the address in node.json."
        case "version": "Use the same version of the program on both machines."
        case "overloaded": "It will be tried again by itself."
        default: "It is dialled again by itself; if that does not help, see whether the machine is on and the address is right."
        }
    }
}
