/// What is to happen later: a binary heap by (deadline, order of setting). A cancelled timer leaves its place in the heap until
/// its time comes, or until the dead are the majority.
///
/// Setting and firing take O(log n), cancelling O(1) amortised.
struct Timers {
    private struct Entry {
        let deadline: Int64
        let id: TimerID

        func isBefore(_ other: Entry) -> Bool { (deadline, id.number) < (other.deadline, other.id.number) }
    }

    private var heap: [Entry] = []
    private var bodies: [TimerID: () -> Void] = [:]
    private var lastNumber: UInt64 = 0

    /// Milliseconds of the clock that the caller reads; nil if nothing is to happen.
    mutating func nextDeadline() -> Int64? {
        while let first = heap.first, bodies[first.id] == nil { removeFirst() }
        return heap.first?.deadline
    }

    mutating func set(at deadline: Int64, _ body: @escaping () -> Void) -> TimerID {
        lastNumber += 1
        let id = TimerID(number: lastNumber)
        bodies[id] = body
        heap.append(Entry(deadline: deadline, id: id))
        siftUp(from: heap.count - 1)
        return id
    }

    mutating func cancel(_ id: TimerID) {
        guard bodies.removeValue(forKey: id) != nil, heap.count > 64, heap.count > 2 * bodies.count else { return }
        heap = heap.filter { bodies[$0.id] != nil }.sorted { $0.isBefore($1) }
    }

    /// - Returns: the first timer that is due, which is no longer set; nil if none is.
    mutating func takeDue(at now: Int64) -> (() -> Void)? {
        guard let deadline = nextDeadline(), deadline <= now, let first = heap.first else { return nil }
        removeFirst()
        return bodies.removeValue(forKey: first.id)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private mutating func siftUp(from place: Int) {
        var child = place
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }
}
