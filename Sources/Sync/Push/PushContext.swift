internal import CRDT

/// What one direction of a session remembers of the pushes that went through it, to predict the next one from: the same at
/// both ends after each push.
///
/// It takes nothing to speak of before the first push, and at most some 4 KiB ever. After an error of the decoder the two ends
/// are out of step and the direction is dead: a sender that wants to go on begins anew with `PushContext()`, which its next
/// push says, so that the receiver forgets, too.
public struct PushContext: Hashable, Sendable {
    /// Those of `PushField`, then some for each step.
    private(set) var models: [NumberModel] = []
    /// The first one is `PushStep.end`.
    private(set) var steps: [KnownStep] = []
    /// The next one to be forgotten once all are taken.
    private var nextStep: UInt8 = 1
    /// Ids with the prefixes and widths that were told.
    private(set) var idClasses: [Identifier] = []
    private var nextClass = 0
    /// The last one first.
    private(set) var scopes: [UInt32] = []
    /// Of the last stamp.
    var milliseconds: UInt64 = 0
    /// Of the last push; nil before the first.
    private(set) var checksum: UInt32?

    public init() {}

    static let stepLimit = 24
    static let classLimit = 30
    static let scopeLimit = 8
    /// Models of a step: key, element, three items.
    static let stepModels = 5

    /// Makes room, before the first push.
    mutating func prepare() {
        guard models.isEmpty else { return }
        models = [NumberModel](repeating: NumberModel(), count: PushField.allCases.count + Self.stepModels)
        steps = [KnownStep(step: .end)]
    }

    mutating func end(checksum: UInt32) {
        self.checksum = checksum
    }

    mutating func update<Result>(_ model: Int, _ change: (inout NumberModel) -> Result) -> Result {
        change(&models[model])
    }

    /// Where a step's models stand.
    static func model(ofStep step: UInt8, _ role: Int) -> Int {
        PushField.allCases.count + Int(step) * stepModels + role
    }

    /// The number of a step; nil if it is not known.
    func number(of step: PushStep) -> UInt8? {
        steps.firstIndex { $0.step == step }.map { UInt8($0) }
    }

    /// Notes that a step came after another.
    mutating func follow(_ last: UInt8, by next: UInt8) {
        steps[Int(last)].moveToFront(next)
    }

    /// Learns a step: in a free place, else in that of the one that was learned longest ago.
    mutating func learn(_ step: PushStep) -> UInt8 {
        let number = steps.count < Self.stepLimit ? UInt8(steps.count) : nextStep
        if steps.count < Self.stepLimit {
            steps.append(KnownStep(step: step))
            models.append(contentsOf: repeatElement(NumberModel(), count: Self.stepModels))
        } else {
            nextStep = nextStep + 1 < UInt8(Self.stepLimit) ? nextStep + 1 : 1
            steps[Int(number)] = KnownStep(step: step)
            for role in 0..<Self.stepModels { models[Self.model(ofStep: number, role)] = NumberModel() }
        }
        return number
    }

    /// The number of an id's class, from 1; nil if it is not known.
    func idClass(of identifier: Identifier) -> UInt8? {
        idClasses.firstIndex { $0.hasSameShape(as: identifier) }.map { UInt8($0 + 1) }
    }

    /// Any id of a class, from 1; nil if there is none yet.
    func identifier(ofClass number: UInt8) -> Identifier? {
        number > 0 && Int(number) <= idClasses.count ? idClasses[Int(number) - 1] : nil
    }

    mutating func learn(classOf identifier: Identifier) -> UInt8 {
        let model = identifier.renumbered(0) ?? identifier
        if idClasses.count < Self.classLimit {
            idClasses.append(model)
            return UInt8(idClasses.count)
        }
        let place = nextClass
        nextClass = (nextClass + 1) % Self.classLimit
        idClasses[place] = model
        return UInt8(place + 1)
    }

    mutating func use(scope: UInt32) {
        scopes.removeAll { $0 == scope }
        scopes.insert(scope, at: 0)
        if scopes.count > Self.scopeLimit { scopes.removeLast() }
    }
}
