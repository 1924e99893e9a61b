internal import CRDT

/// Writes values under the prediction that promises the fewest bits; of equals the one with the lower code.
extension PushWriter {
    /// A number and what may predict it.
    struct Hints {
        var isSigned = false
        var amount: UInt64?
    }

    mutating func write(number value: UInt64, at model: Int, _ hints: Hints) {
        let known = context.models[model]
        var best = (choice: PushChoice.plain, slot: PushWidth.plain, residual: hints.isSigned ? zigzag(value) : value)
        var cost = self.cost(known, best.choice, best.residual, best.slot)
        func consider(_ choice: UInt8, _ slot: Int, _ prediction: UInt64) {
            let residual = value.residual(after: prediction)
            let other = self.cost(known, choice, residual, slot)
            if other < cost { (best, cost) = ((choice, slot, residual), other) }
        }
        consider(PushChoice.last, PushWidth.last, known.last)
        if let amount = hints.amount {
            for (index, divisor) in RecordHints.divisors.enumerated() {
                let prediction = UInt64(bitPattern: Int64(bitPattern: amount) / divisor)
                consider(PushChoice.amount + UInt8(index), PushWidth.other, prediction)
            }
        }
        write(choice: best.choice, at: model)
        write(best.residual, at: model, best.slot)
        context.update(model) { $0.last = value }
    }

    private func zigzag(_ value: UInt64) -> UInt64 { UInt64(zigzag: Int64(bitPattern: value)) }

    private func cost(_ model: NumberModel, _ choice: UInt8, _ residual: UInt64, _ slot: Int) -> Int {
        (model.choice == choice ? 0 : 3) + model.cost(residual, slot)
    }

    mutating func write(_ identifier: Identifier, at model: Int, echo: Identifier?) {
        let known = context.models[model]
        if identifier == echo {
            write(choice: PushChoice.echo, at: model)
        } else if let residual = successorResidual(identifier, known),
            cost(known, PushChoice.last, residual, PushWidth.last)
                < cost(known, PushChoice.plain, identifier.numbered?.number ?? 0, PushWidth.plain)
        {
            write(choice: PushChoice.last, at: model)
            write(residual, at: model, PushWidth.last)
        } else {
            write(choice: PushChoice.plain, at: model)
            write(plain: identifier, at: model)
        }
        if let number = identifier.numbered?.number { context.update(model) { $0.last = number } }
    }

    /// How far an id is from the one after the last one here; nil if it is of another class.
    private func successorResidual(_ identifier: Identifier, _ known: NumberModel) -> UInt64? {
        guard let number = identifier.numbered?.number,
            context.identifier(ofClass: known.idClass)?.hasSameShape(as: identifier) ?? false
        else { return nil }
        return number.residual(after: known.last &+ 1)
    }

    /// The id of a record.
    ///
    /// - Parameter last: that of the record before, in the same collection.
    mutating func write(key identifier: Identifier, at model: Int, after last: Identifier?, _ walk: PushWalk) {
        if let like = context.identifier(ofClass: context.models[model].idClass),
            let skipped = walk.candidates(like: like, after: last).firstIndex(of: identifier)
        {
            write(choice: PushChoice.told, at: model)
            write(UInt64(skipped), at: model, PushWidth.other)
            if let number = identifier.numbered?.number { context.update(model) { $0.last = number } }
            return
        }
        write(identifier, at: model, echo: nil)
    }

    mutating func write(content: Cell.Content, _ cell: PushCell, _ hints: RecordHints) {
        guard case .value(let value) = content else { return }
        guard case .tuple(let items) = value else {
            let model = PushContext.model(ofStep: cell.step, 2)
            return write(value, at: model, cell, hints)
        }
        for (place, item) in items.enumerated() {
            let model = PushContext.model(ofStep: cell.step, 2 + min(place, 2))
            write(item, at: model, cell, hints)
        }
    }

    private mutating func write(_ value: Value, at model: Int, _ cell: PushCell, _ hints: RecordHints) {
        switch value {
        case .empty, .tuple: return
        case .integer(let number):
            let amount = cell.cellClass.isAmount ? nil : hints.amount
            write(number: UInt64(bitPattern: number), at: model, Hints(isSigned: true, amount: amount))
        case .count(let count):
            write(number: count.increments, at: model, Hints())
            let decrements = cell.cellClass.contentCode == CellClass.ContentCode.count ? model + 1 : model
            write(number: count.decrements, at: decrements, Hints())
        case .moment(let time):
            let residual = UInt64(bitPattern: time &- cell.write.stamp.milliseconds)
            write(number: residual, at: model, Hints(isSigned: true))
        case .text(let text):
            if text.utf8.count <= Identifier.byteLimit, let packed = Identifier(text), packed.numbered != nil {
                write(choice: PushChoice.last, at: model)
                write(plain: packed, at: model)
            } else {
                write(choice: PushChoice.plain, at: model)
                write(string: text.utf8)
            }
        case .bytes(let bytes): write(string: bytes)
        case .identifier(let identifier): write(identifier, at: model, echo: hints.echo)
        }
    }
}
