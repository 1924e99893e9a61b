internal import CSQLite

/// Lets SQLite ask now and then whether to go on; as long as it lives.
final class Interrupt {
    private let connection: Connection
    private let isInterrupted: () -> Bool

    init(_ connection: Connection, _ isInterrupted: @escaping () -> Bool) {
        (self.connection, self.isInterrupted) = (connection, isInterrupted)
        watch()
    }

    deinit { sqlite3_progress_handler(connection.handle, 0, nil, nil) }

    private func watch() {
        sqlite3_progress_handler(
            connection.handle, 10_000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<Interrupt>.fromOpaque(context).takeUnretainedValue().isInterrupted() ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
