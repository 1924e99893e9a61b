import Glibc
import Synchronization

/// Turns the signals that ask a program to end into a question that long work asks itself now and then.
enum Interruption {
    /// - Throws: `Interrupted` once a signal has come.
    static func check() throws(Interrupted) {
        if hasCome.load(ordering: .relaxed) { throw Interrupted() }
    }

    /// Also leaves broken pipes and file size limits to the calls that meet them.
    static func install() {
        signal(SIGINT, noteInterruption)
        signal(SIGTERM, noteInterruption)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }
}

private let hasCome = Atomic<Bool>(false)

/// The second signal ends the program at once.
private func noteInterruption(_ number: Int32) {
    hasCome.store(true, ordering: .relaxed)
    signal(number, SIG_DFL)
}
