import Foundation
import Node
import Testing

@Suite struct NodeConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder["node.json"]))
    }

    @Test func `what was written is read`() throws {
        let (hq, street) = (try #require(NodeAddress("hq:7400")), try #require(NodeAddress("[::1]:9")))
        let configuration = NodeConfiguration(
            listen: street, address: hq, peers: [.init(address: hq, member: 0), .init(address: street)])
        for written in [configuration, NodeConfiguration()] {
            try written.write(in: folder.path)
            #expect(try NodeConfiguration.read(in: folder.path) == written)
        }
    }

    @Test func `a person may leave out what is not needed`() throws {
        try write(#"{"version": 1}"#)
        #expect(try NodeConfiguration.read(in: folder.path) == NodeConfiguration())
    }

    @Test(arguments: [
        (#"{"version": 1, "lisen": "a:1"}"#, #""lisen" is no setting; known are version, listen, address, peers"#),
        (#"{"version": 1, "peers": [{"adress": "a:1"}]}"#, #"a peer: "adress" is no setting; known are address, member"#),
        (#"{"version": 1, "listen": 7}"#, "listen has to be a host and a port"),
        (#"{"version": 1, "listen": "7400"}"#, #"not "7400""#), (#"{"version": 1, "peers": {}}"#, "peers has to be a list"),
        (#"{"version": 1, "peers": [{}]}"#, "a peer has no address"),
        (#"{"version": 1, "peers": [1]}"#, "a peer is no JSON object"),
        (#"{"version": 1, "peers": [{"address": "a:1", "member": -1}]}"#, "member has to be a member's number"),
        (#"{"version": 1, "peers": [{"address": "a:1", "member": 16777216}]}"#, "no member's number"),
        (#"{"listen": "a:1"}"#, "not a JSON object with a version"), ("{", "not a JSON object"),
    ])
    func `a slip of the pen is named with its file`(_ text: String, _ says: String) throws {
        try write(text)
        let error = #expect(throws: NodeError.self) { _ = try NodeConfiguration.read(in: folder.path) }
        let said = error.map { "\($0)" } ?? ""
        #expect(said.contains(folder["node.json"]) && said.contains(says) && said.contains("Correct the file"), "\(said)")
    }

    @Test func `a newer program's file is told from a wrong one`() throws {
        try write(#"{"version": 2, "flux": true}"#)
        let error = #expect(throws: NodeError.self) { _ = try NodeConfiguration.read(in: folder.path) }
        #expect(error == .newerVersion(path: folder["node.json"], found: 2, supported: 1))
    }
}
