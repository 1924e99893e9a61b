import CRDT
import Replica
import Sync

/// Scopes are numbers, origins and hashes hexadecimal, numbers that may leave 53 bits strings.
extension JSON {
    init(_ scope: Scope) { self = .number(Int(scope.rawValue)) }
    init(_ number: UInt64) { self = .number(Int(clamping: number)) }
    init(bytes: [UInt8]) { self = .string(bytes.hex) }
    init(_ hash: Hash128) { self = .string(hash.description) }

    init(_ origin: Origin) {
        var writer = ByteWriter()
        writer.write(fixed64: origin.rawValue)
        self = .string(writer.bytes.hex)
    }

    init(_ cut: Cut) {
        self = .array(
            cut.points.map { origin, point in
                ["origin": JSON(origin), "sequence": JSON(point.sequence), "hash": JSON(point.hash)]
            })
    }

    init(_ vector: VersionVector) {
        self = .array(vector.entries.map { ["origin": JSON($0.origin), "sequence": JSON($0.sequence)] })
    }

    init(_ runs: [RunSpan]) {
        self = .array(
            runs.map { span in
                let run = Hash128(high: span.high, low: span.low)
                return ["origin": JSON(span.origin), "from": JSON(span.from), "run": JSON(run)]
            })
    }

    init(_ header: DeltaHeader) {
        self = [
            "scope": JSON(header.scope), "reach": header.reach == .wholeState ? 1 : 0, "base": JSON(header.base),
            "cut": JSON(header.cut), "horizon": JSON(header.horizon), "runs": JSON(header.runs),
        ]
    }

    init(_ key: RecordKey) {
        self = [
            "scope": JSON(key.scope), "collection": .number(Int(key.collection)), "id": .string(key.id.description),
        ]
    }

    init(_ cell: Cell) {
        var members: [String: JSON] = [
            "field": .number(Int(cell.slot.field)), "origin": JSON(cell.dot.origin),
            "sequence": JSON(cell.dot.sequence), "stamp": .string(String(cell.stamp.rawValue)),
            "content": JSON(cell.content),
        ]
        switch cell.slot.element {
        case .none: break
        case .index(let index): members["element"] = ["index": .string(String(index))]
        case .identifier(let id): members["element"] = ["id": .string(id.description)]
        case .bytes(let bytes): members["element"] = ["bytes": JSON(bytes: bytes)]
        }
        self = .object(members)
    }

    init(cells: [Cell]) { self = .array(cells.map { JSON($0) }) }

    init(_ delta: Delta) throws {
        self = ["header": JSON(delta.header), "records": try JSON(delta.records)]
    }

    init(_ records: [DeltaRecord]) throws {
        self = .array(
            try records.map { record -> JSON in ["key": JSON(record.key), "cells": JSON(cells: try record.cells())] })
    }

    private init(_ content: Cell.Content) {
        switch content {
        case .removed: self = "mark"
        case .held: self = "held"
        case .value(let value): self.init(value)
        }
    }

    private init(_ value: CRDT.Value) {
        switch value {
        case .empty: self = "empty"
        case .integer(let number): self = ["integer": .string(String(number))]
        case .count(let count):
            self = ["count": [.string(String(count.increments)), .string(String(count.decrements))]]
        case .moment(let time): self = ["moment": .string(String(time))]
        case .text(let text): self = ["text": .string(text)]
        case .bytes(let bytes): self = ["bytes": JSON(bytes: bytes)]
        case .identifier(let id): self = ["id": .string(id.description)]
        case .tuple(let items): self = ["tuple": .array(items.map { JSON($0) })]
        }
    }
}
