import Glibc
import Synchronization

/// A TCP proxy on loopback that spoils what passes through it, without a kernel feature or root. It runs on a thread of its own
/// until it is stopped; its faults can be changed meanwhile.
public final class FaultProxy: Sendable {
    struct Orders {
        var faults = Faults()
        var cut: LaneFaults.Cut?
        var strands = false
        var isStopped = false
    }

    /// Where to connect to.
    public let port: UInt16
    let target: UInt16
    let listener: Int32
    /// Its reading end wakes the thread.
    let wake: (reading: Int32, writing: Int32)
    let orders: Mutex<Orders>
    let passed = Mutex(0)

    /// - Parameter target: the port on loopback that connections are passed on to.
    public init(to target: UInt16, _ faults: Faults = Faults()) throws {
        self.target = target
        orders = Mutex(Orders(faults: faults))
        var pipe: [Int32] = [-1, -1]
        try check("pipe") { pipe2(&pipe) }
        wake = (pipe[0], pipe[1])
        listener = try makeSocket()
        port = try Self.listen(listener)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        try check("thread") { pthread_create(&thread, nil, runProxy, argument.toOpaque()) == 0 ? 0 : -1 }
        pthread_detach(thread)
    }

    deinit {
        for descriptor in [listener, wake.reading, wake.writing] { close(descriptor) }
    }

    /// What happens to bytes from now on, on connections that are there too.
    public func set(_ faults: Faults) { order { $0.faults = faults } }

    /// Cuts every connection now. Later ones live.
    public func cut(_ cut: LaneFaults.Cut) { order { $0.cut = cut } }

    /// Resets every connection at the end of whoever has dialled: the other end is told nothing, and hears nothing any more.
    public func strand() { order { $0.strands = true } }

    /// Resets every connection and listens no more.
    public func stop() { order { $0.isStopped = true } }

    /// How many connections it has passed on so far.
    public var connectionCount: Int { passed.withLock { $0 } }

    private func order(_ change: (inout Orders) -> Void) {
        orders.withLock { change(&$0) }
        var byte: UInt8 = 1
        _ = write(wake.writing, &byte, 1)
    }

    private static func listen(_ descriptor: Int32) throws -> UInt16 {
        var name = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &name) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                try check("bind") { bind(descriptor, name, length) }
                try check("listen") { Glibc.listen(descriptor, 128) }
                try check("getsockname") { getsockname(descriptor, name, &length) }
            }
        }
        return UInt16(bigEndian: name.sin_port)
    }
}

public struct ProxyError: Error {
    public let operation: String
    public let errno: Int32
}

func check(_ operation: String, _ call: () -> Int32) throws {
    if call() < 0 { throw ProxyError(operation: operation, errno: errno) }
}

func loopback(_ port: UInt16) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return name
}

func makeSocket() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ProxyError(operation: "socket", errno: errno) }
    setNonBlocking(descriptor)
    return descriptor
}

func setNonBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    var one: Int32 = 1
    _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
}

private func pipe2(_ ends: inout [Int32]) -> Int32 {
    let result = pipe(&ends)
    for end in ends where result == 0 { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    return result
}
