import Node
import Replica

extension Command {
    static let backup = Command(
        name: "backup", summary: "Copy a replica into a new folder, while others work on it.",
        details: """
            The backup is of one moment: it holds everything that was durable when the command began, is checked to its last
            row, and has all that `atoll restore` needs. It contains the chain's secret key: keep it as safe as the chain.
            Whoever writes to the replica meanwhile goes on; the write-ahead log grows until the backup is done.
            """,
        options: [
            .chain("the chain's directory"),
            Option(name: "replica", value: "NAME", help: "whose replica: HQ or a store", isRequired: true),
            Option(name: "to", value: "PATH", help: "the folder to make; nothing may be there yet", isRequired: true),
            .quiet,
        ],
        examples: ["atoll backup --dir chain --replica S000 --to S000-monday"]
    ) { arguments in
        let path = try arguments.required("to")
        let chain = try ChainFolder.read(at: try arguments.required("dir"))
        let directory = try chain.read(try chain.member(named: try arguments.required("replica")))
        let watch = Stopwatch()
        try locating(path) {
            do {
                try ReplicaBackup.make(of: directory, at: path)
            } catch let error as ReplicaError {
                throw LocatedError(place: directory.path, cause: error)
            }
        }
        guard !arguments.has("quiet") else { return }
        try Atoll.print("Backed up \(directory.card.name) to \(path), and checked it (\(duration(watch.seconds))).\n")
    }

    static let restore = Command(
        name: "restore", summary: "Put a backup in a replica's place.",
        details: """
            The backup is checked to its last row, then takes the place of the whole replica, or nothing changes: also if the
            command is interrupted. What the other replicas have learned since comes back with the next `atoll exchange`; the
            replica goes on under a new incarnation, so nothing is counted twice.
            The database that was there is kept beside the new one, as replaced-1.db, replaced-2.db and so on: it may hold sales
            that are nowhere else. Delete it when it is not missed.
            """,
        options: [
            .chain("the chain's directory"),
            Option(name: "replica", value: "NAME", help: "whose replica: HQ or a store", isRequired: true),
            Option(name: "from", value: "PATH", help: "a folder that `atoll backup` made", isRequired: true), .quiet,
        ],
        examples: ["atoll restore --dir chain --replica S000 --from S000-monday"]
    ) { arguments in
        let path = try arguments.required("from")
        let chain = try ChainFolder.open(at: try arguments.required("dir"))
        let member = try chain.member(named: try arguments.required("replica"))
        let restore = try ChainRestore(member, of: chain, from: path, at: wallClockMilliseconds())
        try restore.publish()
        guard !arguments.has("quiet") else { return }
        let kept = restore.keptDatabase.map { "\nThe database that was there is kept as \($0)." } ?? ""
        try Atoll.print(
            "Restored \(member.name) from \(path).\(kept)\n"
                + "Run atoll exchange --dir \(chain.path) to bring back what the other replicas know.\n")
    }
}
