import Foundation
import Glibc
import Net
import Testing

struct LoopTests {
    @Test func `a reader that pauses bounds nobody's memory but by what the sender is told`() throws {
        let (server, client) = (try RunningLoop(), try RunningLoop())
        try client.connect(try server.listen(.plain), .plain)
        let (id, accepted) = (try client.log.waitForOpening().id, try server.log.waitForOpening().id)
        try server.perform { $0.pauseReading(accepted) }
        let chunk = [UInt8](repeating: 9, count: 64 << 10)
        // More than any socket's buffers hold.
        let total = 512
        let waiting = try client.perform { loop in (0..<total).compactMap { _ in loop.send(chunk, on: id) }.last }
        #expect(waiting == total * chunk.count)
        let stalled = try client.perform { $0.send([1], on: id) } ?? 0
        #expect(stalled > 1 << 20)
        #expect(!client.log.now.events.contains(.drained(id)))
        try server.perform { $0.resumeReading(accepted) }
        _ = try client.log.wait("the queue to drain") { $0.events.contains(.drained(id)) }
        _ = try server.log.wait("everything") { $0.receivedCount == total * chunk.count + 1 }
        #expect(try client.perform { $0.send([1], on: id) } == 1)
        #expect(client.stop() && server.stop())
    }

    @Test func `a thousand connections leave no descriptor behind`() throws {
        let chain = try TestChain()
        let before = try descriptorCount
        let (server, client) = (try RunningLoop(), try RunningLoop())
        let port = try server.listen(try chain.security(1))
        let security = try chain.security(7)
        var opened: Set<ConnectionID> = []
        for round in 1...10 {
            for _ in 0..<100 { try client.connect(port, security) }
            let openings = try client.log.wait("the openings") { $0.openings.count == round * 100 }.openings
            try client.perform { loop in
                for opening in openings { loop.close(opening.id, afterFlush: true) }
            }
            _ = try server.log.wait("the closings") { $0.closings.count == round * 100 }
            opened.formUnion(openings.map(\.id))
        }
        #expect(opened.count == 1_000)
        #expect(Set(server.log.now.closings) == [.peerClosed] && Set(client.log.now.closings) == [.closedHere])
        #expect(client.stop() && server.stop())
        #expect(client.loop.connectionCount == 0 && server.loop.connectionCount == 0)
        // Tests beside this one have some open too, but nothing like the 2,000 that this one had.
        #expect(try descriptorCount < before + 1_000)
    }

    private var descriptorCount: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    }

    @Test func `a stop sends what waits and says goodbye`() throws {
        let chain = try TestChain()
        let (server, client) = (try RunningLoop(), try RunningLoop())
        let port = try server.listen(try chain.security(1))
        try client.connect(port, try chain.security(7))
        let id = try client.log.waitForOpening().id
        _ = try server.log.waitForOpening()
        let message = [UInt8](repeating: 3, count: 3 << 20)
        try client.perform { _ = $0.send(message, on: id) }
        #expect(client.stop())
        #expect(client.log.now.closings == [.stopped])
        #expect(try server.log.waitForClosing() == .peerClosed)
        #expect(server.log.now.receivedCount == message.count)
        #expect(server.stop())
    }

    @Test func `nobody answers at a port that is closed`() throws {
        let (server, client) = (try RunningLoop(), try RunningLoop())
        let port = try server.listen(.plain)
        #expect(server.stop())
        try client.connect(port, .plain)
        #expect(try client.log.waitForFailure() == .unreachable(errno: ECONNREFUSED))
        #expect(client.stop())
    }

    @Test func `somebody who does not answer is not waited for beyond the deadline`() throws {
        // Nobody accepts here, and the system answers only as many as its queue holds.
        let silent = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(silent) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(silent, name, length) == 0 && Glibc.listen(silent, 0) == 0 && getsockname(silent, name, &length) == 0
            }
        }
        #expect(isListening)
        var options = EventLoopOptions()
        options.connectTimeoutMilliseconds = 50
        let client = try RunningLoop(options)
        for _ in 0..<8 { try client.connect(UInt16(bigEndian: name.sin_port), .plain) }
        #expect(try client.log.waitForFailure() == .timedOut(.connection))
        #expect(client.stop())
    }

    @Test func `a process without descriptors lets connections wait, and says so once`() async {
        // In a process of its own, because the limit is the whole process's.
        await #expect(processExitsWith: .success) {
            await LoopTests.openWhatTheSystemNeeds()
            let server = try RunningLoop()
            let port = try server.listen(.plain)
            // Whoever dials has its descriptors before the rest become scarce: else it could be short of them, and not the server.
            let dialling = (0..<40).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            let last = try #require(dialling.max())
            // Descriptors are given lowest first, so that so many are left.
            try LoopTests.setDescriptorLimit(last + 1 + 8 + EventLoopOptions().spareDescriptors)
            for descriptor in dialling { #expect(LoopTests.connect(descriptor, to: port)) }
            let full = try server.log.wait("the last descriptor") { $0.events.contains(.condition(.exhausted(errno: EMFILE))) }
            let openings = full.openings.map(\.id)
            #expect(openings.count <= 8)
            try server.perform { loop in
                for id in openings { loop.close(id, afterFlush: false) }
            }
            for descriptor in dialling { close(descriptor) }
            let after = try server.log.wait("recovery") { $0.events.contains(.condition(.recovered)) }
            let exhaustions = after.events.filter { $0 == .condition(.exhausted(errno: EMFILE)) }
            #expect(exhaustions.count == 1)
        }
    }

    /// That descriptors are short is found before anybody looks whether anybody waits. So a listener that gave the last one to
    /// the last who waited was watched again, heard of nobody, and never told that it had recovered.
    @Test func `descriptors that suffice for just those who wait are told to be short, and to suffice again`() async {
        await #expect(processExitsWith: .success) {
            await LoopTests.openWhatTheSystemNeeds()
            let server = try RunningLoop()
            let port = try server.listen(.plain)
            let dialling = (0..<40).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            let last = try #require(dialling.max())
            let bound = last + 1 + 8
            try LoopTests.setDescriptorLimit(bound + EventLoopOptions().spareDescriptors)
            var free: [Int32] = []
            while case let copy = dup(dialling[0]), copy < bound { free.append(copy) }
            for descriptor in free + [bound] { close(descriptor) }
            let count = free.count
            for descriptor in dialling.prefix(count) { #expect(LoopTests.connect(descriptor, to: port)) }
            let full = try server.log.wait("the last descriptor") { $0.events.contains(.condition(.exhausted(errno: EMFILE))) }
            let openings = full.openings.map(\.id)
            #expect(!openings.isEmpty && openings.count == count)
            try server.perform { loop in
                for id in openings { loop.close(id, afterFlush: false) }
            }
            _ = try server.log.wait("recovery") { $0.events.contains(.condition(.recovered)) }
        }
    }

    /// The system's library counts the threads of its queues once a second, in files, and ends the program when it cannot open
    /// one. So a listener that gave the last descriptor away killed a process that happened to be busy; and whoever asked it
    /// over its own socket what was wrong waited too.
    @Test func `a process whose connections are too many keeps descriptors for itself and for its owner`() async {
        await #expect(processExitsWith: .success) {
            let server = try RunningLoop()
            let port = try server.listen(.plain)
            let path = URL.temporaryDirectory.appending(path: "atoll-\(getpid()).socket").path
            defer { unlink(path) }
            let local = SocketAddress.unix(path: path)
            _ = try server.perform { try $0.listen(at: local, .plain) }
            let dialling = (0..<80).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            let last = try #require(dialling.max())
            try LoopTests.setDescriptorLimit(last + 1 + 40)
            for descriptor in dialling { #expect(LoopTests.connect(descriptor, to: port)) }
            let full = try server.log.wait("shortness") { $0.events.contains(.condition(.exhausted(errno: EMFILE))) }
            // More work than threads, over several of those seconds.
            let (gate, group) = (DispatchSemaphore(value: 0), DispatchGroup())
            for _ in 0..<200 { DispatchQueue.global().async(group: group) { gate.wait() } }
            _ = try server.perform { loop in
                loop.after(milliseconds: 2_500) { for _ in 0..<200 { gate.signal() } }
            }
            group.wait()
            _ = try server.perform { $0.connect(to: .address(local), .plain) }
            _ = try server.log.wait("both ends of the owner's connection") { $0.openings.count == full.openings.count + 2 }
        }
    }

    /// The thread behind the system's timers opens what it waits with when somebody waits for the first time, at a moment of its
    /// own: here before descriptors are counted.
    private static func openWhatTheSystemNeeds() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { continuation.resume() }
        }
    }

    private static func setDescriptorLimit(_ count: Int32) throws {
        var limit = rlimit(rlim_cur: rlim_t(count), rlim_max: rlim_t(count))
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    }

    /// - Returns: whether the connection waits to be accepted now, or is.
    private static func connect(_ descriptor: Int32, to port: UInt16) -> Bool {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        name.sin_port = port.bigEndian
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                Glibc.connect(descriptor, name, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    @Test func `a name is looked up, and one that cannot be is named`() throws {
        let (server, client) = (try RunningLoop(), try RunningLoop())
        let port = try server.listen(.plain)
        _ = try client.perform { $0.connect(to: .host("localhost", port: port), .plain) }
        #expect(try client.log.waitForOpening().opening.remote == .loopback(port: port))
        _ = try client.perform { $0.connect(to: .host("a name with spaces", port: 1), .plain) }
        guard case .unknownHost("a name with spaces", _) = try client.log.waitForFailure() else {
            Issue.record("it was found")
            return
        }
        #expect(client.stop() && server.stop())
    }

    @Test func `a port belongs to one listener`() throws {
        let (first, second) = (try RunningLoop(), try RunningLoop())
        let port = try first.listen(.plain)
        #expect(throws: NetError.addressInUse(.loopback(port: port))) {
            try second.perform { _ = try $0.listen(at: .loopback(port: port), .plain) }
        }
        #expect(first.stop() && second.stop())
    }

    @Test func `timers fire in the order of their deadlines, and not once they are cancelled`() throws {
        let loop = try RunningLoop()
        let order = OrderLog()
        try loop.perform { loop in
            for milliseconds in [Int64(400), 0, 200] {
                loop.after(milliseconds: milliseconds) { order.note(milliseconds) }
            }
            loop.cancel(loop.after(milliseconds: 100) { order.note(-1) })
            loop.after(milliseconds: 600) { loop.stop() }
        }
        #expect(loop.hasEnded())
        #expect(order.noted == [0, 200, 400])
    }

    @Test func `an address is read and written alike`() throws {
        #expect(try SocketAddress(numeric: "192.0.2.7", port: 80).description == "192.0.2.7:80")
        #expect(try SocketAddress(numeric: "2001:db8::1", port: 80).description == "[2001:db8::1]:80")
        #expect(throws: NetError.malformedAddress("localhost")) { try SocketAddress(numeric: "localhost", port: 1) }
    }
}

/// `@unchecked Sendable`: `lock` guards the numbers.
private final class OrderLog: @unchecked Sendable {
    private let lock = NSLock()
    private var numbers: [Int64] = []

    var noted: [Int64] { lock.withLock { numbers } }

    func note(_ number: Int64) { lock.withLock { numbers.append(number) } }
}
