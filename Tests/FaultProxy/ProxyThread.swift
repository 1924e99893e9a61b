import Glibc
import Synchronization

/// What a proxy's thread does.
func runProxy(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let proxy = Unmanaged<FaultProxy>.fromOpaque(argument).takeRetainedValue()
    var links: [Link] = []
    var isStopped = false
    while !isStopped {
        let polled = [proxy.wake.reading, proxy.listener].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let faults = proxy.orders.withLock { $0.faults }
        var descriptors = polled + links.flatMap { $0.polled(faults) }
        _ = poll(&descriptors, UInt(descriptors.count), timeout(links, faults))
        let orders = takeOrders(proxy)
        if let cut = orders.isStopped ? .reset : orders.cut { for link in links { link.close(cut) } }
        if orders.strands { for link in links { link.strand() } }
        for (index, link) in links.enumerated() where !link.isClosed {
            link.turn(descriptors[2 + 2 * index], descriptors[3 + 2 * index], at: milliseconds(), orders.faults)
        }
        links.removeAll(where: \.isClosed)
        isStopped = orders.isStopped
        if !isStopped, descriptors[1].revents != 0, let link = accept(proxy, orders.faults) { links.append(link) }
    }
    return nil
}

private func milliseconds() -> Int64 {
    var time = timespec()
    _ = clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}

private func timeout(_ links: [Link], _ faults: Faults) -> Int32 {
    guard let next = links.compactMap({ $0.nextTime(faults) }).min() else { return -1 }
    // What could not be written though it was due is tried again soon.
    return Int32(clamping: max(1, next - milliseconds()))
}

private func takeOrders(_ proxy: FaultProxy) -> FaultProxy.Orders {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(proxy.wake.reading, &bytes, bytes.count) > 0 {}
    return proxy.orders.withLock { orders in
        defer { (orders.cut, orders.strands) = (nil, false) }
        return orders
    }
}

private func accept(_ proxy: FaultProxy, _ faults: Faults) -> Link? {
    let client = Glibc.accept(proxy.listener, nil, nil)
    guard client >= 0 else { return nil }
    setNonBlocking(client)
    guard !faults.refusesConnections, let server = try? makeSocket() else {
        Link(client: client, server: -1).close(.reset)
        return nil
    }
    var name = loopback(proxy.target)
    let result = withUnsafePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
            connect(server, name, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    let link = Link(client: client, server: server)
    guard result == 0 || errno == EINPROGRESS else {
        link.close(.reset)
        return nil
    }
    proxy.passed.withLock { $0 += 1 }
    return link
}
