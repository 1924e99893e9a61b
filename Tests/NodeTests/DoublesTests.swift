import CRDT
import Foundation
import Node
import Replica
import Retail
import Simulation
import Testing

/// A store whose disk is cloned, swapped, put back and damaged at random, while everybody sells.
///
/// No copy is ever thrown away, and in the end each has its turn: whatever was sold on any of them must then be everywhere,
/// once.
@Suite struct DoublesTests {
    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `whatever was sold on any copy is everywhere, once`(_ seed: UInt64) throws {
        var story = try Story(seed)
        for _ in 0..<24 { try story.step() }
        try story.end()
    }

    private struct Story {
        let folder: TemporaryFolder
        var random: SeededRandom
        /// Copies of store 1 that are not in its place now.
        var copies: [String] = []
        var orders: [UInt32: Int64] = [1: 0, 2: 0]
        var number = 0
        /// The last exchange was interrupted: somebody may hold a branch that HQ does not.
        var wasStopped = false

        init(_ seed: UInt64) throws {
            folder = try TemporaryFolder()
            random = SeededRandom(seed: seed)
            for member in UInt32(0)...2 { _ = try ReplicaDirectory.test(folder["\(member)"], member: member) }
        }

        mutating func step() throws {
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<4: try sell(at: UInt32.random(in: 1...2, using: &random))
            case 4..<6: try exchange(["0", "1", "2"], recordsAtOnce: Bool.random(using: &random) ? 1 : 20_000)
            case 6 where !wasStopped: try exchange(["0", Bool.random(using: &random) ? "1" : "2"])
            case 6: try exchange(["0", "1", "2"], stoppingAfter: Int.random(in: 1...4, using: &random))
            case 7:
                let copy = newName("copy")
                try FileManager.default.copyItem(atPath: folder["1"], toPath: folder[copy])
                copies.append(copy)
            case 8: try swap()
            case 9: try putBack()
            case 10: try exchange(["0", "1", "2"], recordsAtOnce: Bool.random(using: &random) ? 1 : 20_000, stoppingAfter: 2)
            default: try damage()
            }
        }

        /// Lets every copy have its turn, twice: what the last one brings must reach the first one, too.
        mutating func end() throws {
            for _ in 0..<2 {
                try exchange(["0", "1", "2"])
                for index in copies.indices {
                    try swap(with: index)
                    try exchange(["0", "1", "2"])
                }
            }
            for name in ["0", "1", "2"] + copies {
                let directory = try ReplicaDirectory.open(at: folder[name])
                try directory.replica.verify()
                for (member, count) in orders where directory.card.member == 0 || directory.card.member == member {
                    guard !copies.contains(name) else { continue }
                    try expect(count, of: member, at: directory)
                }
            }
        }

        private func expect(_ count: Int64, of member: UInt32, at directory: ReplicaDirectory) throws {
            let books = Scope(.books, of: member)
            let keys = try directory.replica.keys(of: books, collection: RetailSchema.order.number)
            #expect(keys.count == Int(count), "orders of \(member) at \(directory.card.name)")
            let stock = try directory.replica.record(RetailSchema.stock(of: .of("P1"), at: member))
            #expect(
                stock.counter(RetailSchema.Stock.sold).value == count, "stock of \(member) at \(directory.card.name)")
        }

        private mutating func newName(_ kind: String) -> String {
            number += 1
            return "\(kind)\(number)"
        }

        private mutating func sell(at member: UInt32) throws {
            let directory = try ReplicaDirectory.open(at: folder["\(member)"])
            // Nobody sells on a database that is known to be a copy, before an exchange has put it right.
            guard directory.doubt == nil else { return }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let id = newName("A")
                try directory.replica.apply(at: Int64(number)) { try $0.sell(id, of: member) }
                orders[member, default: 0] += 1
            }
            let (key, tags) = (RetailSchema.customer(.of("C1")), RetailSchema.Customer.tags)
            let tag = Element.identifier(.of("tag\(Int.random(in: 1...3, using: &random))"))
            let isRemoved = Bool.random(using: &random)
            try directory.replica.perform(at: Int64(number)) {
                try $0.edit(customer: .of("C1"), [(RetailSchema.Customer.tier, "tier \(number)")], at: member)
                if isRemoved { try $0.remove(tags, tag, of: key) } else { try $0.insert(tag, into: tags, of: key) }
            }
            if Bool.random(using: &random) { try directory.writeHighWater() }
        }

        private struct Stop: Error {}

        private mutating func exchange(
            _ names: [String], recordsAtOnce: Int = 20_000, stoppingAfter pairs: Int = .max
        ) throws {
            let replicas = try names.map { try ReplicaDirectory.open(at: folder[$0]) }
            var exchange = Exchange(replicas, random: SeededRandom(seed: random.next()))
            exchange.members = [0, 1, 2]
            exchange.recordsAtOnce = recordsAtOnce
            var met = 0
            wasStopped = true
            do {
                _ = try exchange.run(now: { 1_800_000_000_000 }) { _ in
                    met += 1
                    if met == pairs { throw Stop() }
                }
                wasStopped = false
            } catch is Stop {}
        }

        private mutating func swap() throws {
            guard !copies.isEmpty else { return }
            try swap(with: Int.random(in: copies.indices, using: &random))
        }

        private mutating func swap(with index: Int) throws {
            let copy = newName("copy")
            try FileManager.default.moveItem(atPath: folder["1"], toPath: folder[copy])
            try FileManager.default.moveItem(atPath: folder[copies[index]], toPath: folder["1"])
            copies[index] = copy
        }

        /// Puts the database of another copy into the folder, whose mark and identity stay; the one that was there is a copy now.
        private mutating func putBack() throws {
            guard let source = copies.randomElement(using: &random) else { return }
            let copy = newName("copy")
            try FileManager.default.copyItem(atPath: folder["1"], toPath: folder[copy])
            copies.append(copy)
            try FileManager.default.removeItem(atPath: folder["1/replica.db"])
            try FileManager.default.copyItem(atPath: folder[source] + "/replica.db", toPath: folder["1/replica.db"])
        }

        /// Damages rows of a replica when the others know as much.
        private mutating func damage() throws {
            try exchange(["0", "1", "2"])
            let name = Bool.random(using: &random) ? "0" : "1"
            _ = try Damage.flip(folder[name] + "/replica.db", "record", every: 3)
            try exchange(["0", "1", "2"])
        }
    }
}
