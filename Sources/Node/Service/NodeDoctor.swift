internal import Foundation
public import Net
internal import Replica
internal import Sync

/// Looks at a node, running or not, and says in words what is wrong and what to do.
public struct NodeDoctor {
    private let directory: String
    private let systemClock: @Sendable () -> Int64

    /// - Parameter systemClock: milliseconds since 1970, as this machine believes.
    public init(_ directory: String, systemClock: @escaping @Sendable () -> Int64 = systemMilliseconds) {
        (self.directory, self.systemClock) = (directory, systemClock)
    }

    /// What needs a person; nothing if all is well.
    public func findings() throws -> [String] {
        try ReplicaDirectory.checkKind(directory)
        let (keys, card) = (try NodeKeys.read(in: directory), try ReplicaCard.read(in: directory))
        let now = try NodeClock(directory, system: systemClock).milliseconds
        var findings = certificate(keys, card, at: now)
        do {
            let answer = try ControlClient(directory).ask("status")
            findings += running(try JSONDecoder().decode(NodeStatus.self, from: answer), at: now)
        } catch ControlError.noNode {
            findings.append("No node is running here: nothing syncs. Start it: atoll serve --dir \(directory)")
        }
        return findings
    }

    private func certificate(_ keys: NodeKeys, _ card: ReplicaCard, at now: Int64) -> [String] {
        guard let validity = try? keys.certificate.validity else { return ["The node's certificate cannot be read."] }
        let (begin, end, here) = (
            Timestamp.text(validity.lowerBound), Timestamp.text(validity.upperBound), Timestamp.text(now)
        )
        if isRegistrar(card) {
            guard !validity.contains(now) else { return [] }
            return [
                "HQ's certificate holds from \(begin) to \(end), and here it is \(here). If this clock is wrong, set it. HQ's node "
                    + "renews the certificate by itself as soon as it runs with the right time."
            ]
        }
        if now < validity.lowerBound {
            return [
                "The certificate is not valid before \(begin), and here it is \(here): this machine's clock is behind. Set the clock."
            ]
        }
        if now > validity.upperBound {
            return [
                "The certificate ended at \(end), and here it is \(here): the store goes on selling, but nobody syncs with it. If "
                    + "this clock is wrong, set it. If it is right, run at HQ: atoll invite \(card.name) --replace, and here with that "
                    + "token: atoll join TOKEN --dir \(directory). Nothing that was sold is lost."
            ]
        }
        guard Renewal.isDue(validity, at: now - 7 * 86_400_000) else { return [] }
        let days = (validity.upperBound - now) / 86_400_000
        return [
            "The certificate ends in \(days) days, at \(end), and should have been renewed by now. Let this node reach HQ before then."
        ]
    }

    /// Whether this node gives itself its certificates. The authority's key alone does not say so: whoever has handed the
    /// office over keeps it.
    private func isRegistrar(_ card: ReplicaCard) -> Bool {
        let holder = try? Office(of: try ReplicaDirectory.read(at: directory)).holder
        return holder.map { $0 == card.member } ?? ((try? NodeKeys.hasAuthority(in: directory)) == true)
    }

    private func running(_ status: NodeStatus, at now: Int64) -> [String] {
        var findings = peers(status)
        if status.office.waitsForBundle {
            findings.append(
                "This member was handed the registrar's office, and lacks what goes along with it: nobody can be invited and no "
                    + "certificate renewed. Run atoll handover --accept FILE --dir \(directory), with the file that was made there."
            )
        }
        if let failure = status.renewalFailure {
            findings.append("The certificate could not be renewed: \(failure) It is tried again by itself.")
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

    private func peers(_ status: NodeStatus) -> [String] {
        var findings: [String] = []
        for peer in status.peers {
            if peer.state == "not connected" || peer.error != nil {
                let why = peer.errorDetail ?? "nobody has dialled"
                findings.append("\(peer.name) is not connected: \(why). \(Self.advice(peer.error))")
            }
            for (scope, reason) in peer.suspended.sorted(by: { $0.key < $1.key }) {
                findings.append("\(scope) does not sync with \(peer.name): \(reason).")
            }
            let registrar = status.office.holder
            if let offset = peer.clockOffsetMilliseconds, abs(offset) > 2_000, status.member != registrar,
                peer.member == registrar
            {
                findings.append(
                    "This machine's clock is \(abs(offset) / 1000) s \(offset > 0 ? "behind" : "ahead of") that of \(peer.name). "
                        + "Set it, or let it follow a time server.")
            }
        }
        return findings
    }

    private static func advice(_ error: String?) -> String {
        switch error {
        case "revoked": "HQ decided that; only HQ can take it back (atoll revoke NAME --undo)."
        case "other_chain": "It belongs to another chain: check the address in node.json."
        case "version": "Use the same version of the program on both machines."
        case "overloaded": "It will be tried again by itself."
        case "certificate_unknown_authority", "certificate_not_atoll":
            "It belongs to another chain: check the address in node.json, there and here."
        case "certificate_expired", "certificate_not_yet_valid":
            "Look at the clocks of both machines, and run atoll doctor there, too."
        case "internal_trouble": "Look at the log of both nodes. It is tried again by itself."
        default: "It is dialled again by itself; if that does not help, see whether the machine is on and the address is right."
        }
    }
}
