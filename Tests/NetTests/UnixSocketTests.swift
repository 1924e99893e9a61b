import Foundation
import Net
import Testing

struct UnixSocketTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private var path: String { folder.appending(path: "node.sock").path(percentEncoded: false) }

    private func listen(_ running: RunningLoop) throws {
        let address = SocketAddress.unix(path: path)
        try running.perform { _ = try $0.listen(at: address, .plain) }
    }

    @Test func `a Unix socket is its owner's, and goes with its listener`() throws {
        let (server, client) = (try RunningLoop(echoes: true), try RunningLoop())
        try listen(server)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let address = SocketAddress.unix(path: path)
        _ = try client.perform { $0.connect(to: .address(address), .plain) }
        let id = try client.log.waitForOpening().id
        try client.perform { _ = $0.send([1, 2, 3], on: id) }
        #expect(try client.log.wait("the echo") { $0.receivedCount == 3 }.received[id] == [1, 2, 3])
        #expect(client.stop() && server.stop())
        #expect(!FileManager.default.fileExists(atPath: path))
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `a file left behind is replaced, one that is answered at or is no socket is not`() throws {
        let (first, second) = (try RunningLoop(), try RunningLoop())
        let address = SocketAddress.unix(path: path)
        try listen(first)
        #expect(throws: NetError.addressInUse(address)) { try listen(second) }
        // A second name keeps the socket's file when its listener goes, as after a kill.
        let other = folder.appending(path: "other").path(percentEncoded: false)
        try FileManager.default.linkItem(atPath: path, toPath: other)
        #expect(first.stop())
        try FileManager.default.moveItem(atPath: other, toPath: path)
        try listen(second)
        #expect(second.stop())

        try Data("precious".utf8).write(to: URL(filePath: path))
        let third = try RunningLoop()
        #expect(throws: NetError.notASocket(path: path)) { try listen(third) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        #expect(third.stop())
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `a path that is too long is named`() throws {
        let loop = try RunningLoop()
        let path = "/" + String(repeating: "a", count: 107)
        #expect(throws: NetError.pathLength(path: path, limit: 107)) {
            try loop.perform { _ = try $0.listen(at: .unix(path: path), .plain) }
        }
        #expect(loop.stop())
    }
}
