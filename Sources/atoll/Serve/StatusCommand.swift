import Foundation
import Node

extension Command {
    static let status = Command(
        name: "status", summary: "Show how a running node is doing: its peers, what is on the way, clocks, disk.",
        details: "Ends with exit code 1 if no node runs there.",
        options: [.node("the node's directory"), .json],
        examples: ["atoll status --dir HQ", "atoll status --dir HQ --json"]
    ) { arguments in
        let answer = try ControlClient(try arguments.required("dir")).ask("status")
        guard !arguments.has("json") else { return try Atoll.print(String(decoding: answer, as: UTF8.self) + "\n") }
        let status = try JSONDecoder().decode(NodeStatus.self, from: answer)
        try Atoll.print(status.text.joined(separator: "\n") + "\n")
    }

    static let doctor = Command(
        name: "doctor", summary: "Explain what is wrong with a node, and what to do about it.",
        details: "Ends with exit code 1 if something needs a person, or no node runs there.",
        options: [.node("the node's directory")],
        examples: ["atoll doctor --dir S012"]
    ) { arguments in
        let directory = try arguments.required("dir")
        let findings = try NodeDoctor(directory).findings()
        guard !findings.isEmpty else { return try Atoll.print("Nothing is wrong that this program can see.\n") }
        for finding in findings { try Atoll.print("- \(finding)\n") }
        throw CommandError.doesNotHold(
            "\(findings.count) \(findings.count == 1 ? "thing needs" : "things need") attention.")
    }
}

extension NodeStatus {
    var text: [String] {
        var lines = [
            "\(name.printable) (member \(member)), incarnation \(origin), \(scopes) scopes, sum \(sum)",
            "\(transactions.grouped) transactions in \(commits.grouped) commits since the start; \(waitingRequests) wait"
                + (freeDiskBytes.map { "; \(($0 >> 20).grouped) MiB of disk are free" } ?? ""),
            registrar, certificateText, "",
        ]
        if peers.isEmpty {
            lines.append("No peers.")
        } else {
            var rows = [["PEER", "STATE", "SINCE", "LACKS", "AS OF", "CLOCK", "TROUBLE"]]
            for peer in peers {
                let trouble =
                    peer.errorDetail ?? peer.suspended.sorted { $0.key < $1.key }.first.map { "\($0.key): \($0.value)" }
                rows.append([
                    peer.name.printable, peer.state, peer.since.map(Self.age) ?? "",
                    peer.lacks.map { $0.grouped } ?? "unknown", peer.lacksSince.map { Self.age($0) + " ago" } ?? "",
                    peer.clockOffsetMilliseconds.map { "\($0) ms" } ?? "", trouble?.printable ?? "",
                ])
            }
            lines += TextTable(rows, right: [3, 5]).lines()
        }
        if !staged.isEmpty { lines += ["", "On the way in: \(staged.joined(separator: ", "))"] }
        for span in relayed {
            lines.append(
                "\(span.scope): \(span.transactions.grouped) transactions of \(span.origin) came by member \(span.via), and "
                    + "their origin has not confirmed them yet.")
        }
        if !damagedScopes.isEmpty {
            lines.append(
                "\(quarantinedRecords.counting("damaged record")) set aside, in \(damagedScopes.joined(separator: ", ")).")
        }
        if clockCorrectionMilliseconds != 0 {
            lines.append("This machine's clock is wrong: \(clockCorrectionMilliseconds.grouped) ms are added to it.")
        }
        if let contestedRecords, let contestedAsOf, contestedRecords > 0 {
            lines.append(
                "\(contestedRecords.counting("record")) \(contestedRecords == 1 ? "holds" : "hold") values that were written without "
                    + "seeing each other, as of \(Self.age(contestedAsOf)) ago: the later one counts, the others are kept.")
        }
        for stamp in stampsAhead {
            let name = stamp.name.isEmpty ? "member \(stamp.member)" : stamp.name.printable
            lines.append(
                "\(stamp.scope): \(name) has written with a clock that runs "
                    + "\(duration(Double(stamp.milliseconds) / 1000)) ahead.")
        }
        if let renewalFailure { lines.append("The certificate could not be renewed: \(renewalFailure.printable)") }
        if let diskTrouble {
            lines.append(
                "Since \(Self.moment(diskTrouble.since)), \(diskTrouble.times.counting("time")): \(diskTrouble.detail.printable)"
            )
        }
        return lines
    }

    private var certificateText: String {
        let now = wallClockMilliseconds() + clockCorrectionMilliseconds
        if now > certificateExpires {
            return "certificate ended at \(Self.moment(certificateExpires)): nobody syncs with this node; see atoll doctor"
        }
        if now < certificateBegins {
            return
                "certificate not valid before \(Self.moment(certificateBegins)): nobody syncs with this node; see atoll doctor"
        }
        return "certificate until \(Self.moment(certificateExpires))"
    }

    private static func moment(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    }

    private var registrar: String {
        let since = office.since.map { " since " + Self.moment($0) } ?? ""
        return "registrar: \(office.name.printable) (member \(office.holder)), term \(office.term)\(since)"
            + (office.isTaken ? "; the one before is declared lost" : "")
            + (office.waitsForBundle ? "; waits for what goes along with it" : "")
    }

    private static func age(_ since: Int64) -> String {
        duration(max(0, Double(wallClockMilliseconds() - since) / 1000))
    }
}
