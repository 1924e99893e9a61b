import Glibc
import Node
import Synchronization
import Testing

@Suite struct ControlClientTests {
    /// A client that reached nobody once closed its socket and then, as it died, that number again. By then the number could be
    /// a file of another thread: of the doctor's own process, of a test beside it, with "Bad file descriptor" there.
    @Test func `a client that finds no node closes nothing that is not its own`() async throws {
        let folder = try TemporaryFolder()
        let path = folder["node"]
        _ = try ReplicaDirectory.test(path)
        let isOver = Atomic(false)
        async let stolen = {
            var stolen = 0
            while !isOver.load(ordering: .relaxed) {
                let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
                if file < 0 || close(file) != 0 { stolen += 1 }
            }
            return stolen
        }()
        for _ in 0..<2_000 {
            #expect(throws: IdentityError.notANode(directory: path)) { _ = try ControlClient(path) }
        }
        isOver.store(true, ordering: .relaxed)
        #expect(await stolen == 0)
    }
}
