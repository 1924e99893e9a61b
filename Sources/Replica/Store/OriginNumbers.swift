internal import CRDT

/// Small numbers for the origins that occur in one file, so that a row names an origin in a byte or two.
struct OriginNumbers {
    private(set) var origins: [Origin]
    private var numbers: [Origin: Int]
    private var lastOrigin: Origin?
    private var lastNumber = 0
    /// Those that are not yet in the file.
    private(set) var unsaved: Range<Int>

    init(_ origins: [Origin]) {
        self.origins = origins
        numbers = Dictionary(uniqueKeysWithValues: zip(origins, origins.indices))
        unsaved = origins.count..<origins.count
    }

    func origin(_ number: Int) -> Origin? {
        origins.indices.contains(number) ? origins[number] : nil
    }

    mutating func number(of origin: Origin) -> Int {
        if origin == lastOrigin { return lastNumber }
        let number = numbers[origin] ?? append(origin)
        lastOrigin = origin
        lastNumber = number
        return number
    }

    mutating func markSaved() {
        unsaved = origins.count..<origins.count
    }

    private mutating func append(_ origin: Origin) -> Int {
        numbers[origin] = origins.count
        origins.append(origin)
        unsaved = unsaved.lowerBound..<origins.count
        return origins.count - 1
    }
}
