internal import CRDT

/// Reads what `PushWriter` wrote of values.
extension PushReader {
    mutating func readNumber(at model: Int, _ hints: PushWriter.Hints) throws(CodecError) -> UInt64 {
        let start = offset
        let last = context.models[model].last
        let choice = try readChoice(at: model)
        let value: UInt64
        switch (choice, hints.amount) {
        case (PushChoice.plain, _):
            let residual = try read(at: model)
            value = hints.isSigned ? UInt64(bitPattern: residual.unzigzagged) : residual
        case (PushChoice.last, _): value = try read(at: model, PushWidth.last).value(after: last)
        case (PushChoice.amount..<PushChoice.amountEnd, let amount?):
            let divisor = RecordHints.divisors[Int(choice - PushChoice.amount)]
            let prediction = UInt64(bitPattern: Int64(bitPattern: amount) / divisor)
            value = try read(at: model, PushWidth.other).value(after: prediction)
        default: throw .unknownCode(UInt64(choice), offset: start)
        }
        context.update(model) { $0.last = value }
        return value
    }

    mutating func readIdentifier(at model: Int, echo: Identifier?) throws(CodecError) -> Identifier {
        let start = offset
        return try readIdentifier(try readChoice(at: model), at: model, echo: echo, from: start)
    }

    private mutating func readIdentifier(
        _ choice: UInt8, at model: Int, echo: Identifier?, from start: Int
    ) throws(CodecError) -> Identifier {
        let identifier: Identifier
        switch (choice, echo) {
        case (PushChoice.plain, _): identifier = try readPlainIdentifier(at: model)
        case (PushChoice.last, _):
            let known = context.models[model]
            let number = try read(at: model, PushWidth.last).value(after: known.last &+ 1)
            guard let next = context.identifier(ofClass: known.idClass)?.renumbered(number) else {
                throw .outOfRange(offset: start)
            }
            identifier = next
        case (PushChoice.echo, let echo?): identifier = echo
        default: throw .unknownCode(UInt64(choice), offset: start)
        }
        if let number = identifier.numbered?.number { context.update(model) { $0.last = number } }
        return identifier
    }

    mutating func readKey(at model: Int, after last: Identifier?, _ walk: PushWalk) throws(CodecError) -> Identifier {
        let start = offset
        let choice = try readChoice(at: model)
        guard choice == PushChoice.told else { return try readIdentifier(choice, at: model, echo: nil, from: start) }
        guard let like = context.identifier(ofClass: context.models[model].idClass) else {
            throw .unknownCode(UInt64(choice), offset: start)
        }
        let candidates = walk.candidates(like: like, after: last)
        let skipped = try read(at: model, PushWidth.other)
        guard skipped < UInt64(candidates.count) else { throw .outOfRange(offset: start) }
        let identifier = candidates[Int(skipped)]
        if let number = identifier.numbered?.number { context.update(model) { $0.last = number } }
        return identifier
    }

    mutating func readContent(_ cell: PushCell, _ hints: RecordHints) throws(CodecError) -> Cell.Content {
        switch cell.cellClass.contentCode {
        case CellClass.ContentCode.removed: return .removed
        case CellClass.ContentCode.held: return .held
        case CellClass.ContentCode.tuple:
            var items: [Value] = []
            for (place, code) in cell.cellClass.items.enumerated() {
                let model = PushContext.model(ofStep: cell.step, 2 + min(place, 2))
                items.append(try readValue(code, at: model, cell, hints))
            }
            return .value(.tuple(items))
        case let code:
            let model = PushContext.model(ofStep: cell.step, 2)
            return .value(try readValue(code, at: model, cell, hints))
        }
    }

    private mutating func readValue(
        _ code: UInt64, at model: Int, _ cell: PushCell, _ hints: RecordHints
    ) throws(CodecError) -> Value {
        let start = offset
        switch code {
        case CellClass.ContentCode.integer:
            let amount = cell.cellClass.isAmount ? nil : hints.amount
            let number = try readNumber(at: model, PushWriter.Hints(isSigned: true, amount: amount))
            return .integer(Int64(bitPattern: number))
        case CellClass.ContentCode.count:
            let increments = try readNumber(at: model, PushWriter.Hints())
            let decrements = cell.cellClass.contentCode == CellClass.ContentCode.count ? model + 1 : model
            let count = Count(
                increments: increments, decrements: try readNumber(at: decrements, PushWriter.Hints()))
            guard count.increments <= Limits.magnitude, count.decrements <= Limits.magnitude else {
                throw .outOfRange(offset: start)
            }
            return .count(count)
        case CellClass.ContentCode.moment:
            let residual = try readNumber(at: model, PushWriter.Hints(isSigned: true))
            return .moment(Int64(bitPattern: residual) &+ cell.write.stamp.milliseconds)
        case CellClass.ContentCode.text: return .text(try readText(at: model))
        case CellClass.ContentCode.bytes: return .bytes(try readString(limit: Limits.valueBytes))
        case CellClass.ContentCode.identifier: return .identifier(try readIdentifier(at: model, echo: hints.echo))
        default: return .empty
        }
    }

    private mutating func readText(at model: Int) throws(CodecError) -> String {
        let start = offset
        let choice = try readChoice(at: model)
        switch choice {
        case PushChoice.plain:
            let text = try readText(limit: Limits.valueBytes)
            if text.utf8.count <= Identifier.byteLimit, let packed = Identifier(text), packed.numbered != nil {
                throw .notCanonical(offset: start)
            }
            return text
        case PushChoice.last:
            let packed = try readPlainIdentifier(at: model)
            guard packed.numbered != nil else { throw .notCanonical(offset: start) }
            return packed.description
        default: throw .unknownCode(UInt64(choice), offset: start)
        }
    }
}
