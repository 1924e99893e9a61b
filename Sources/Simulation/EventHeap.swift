/// Events to come, given out by time and, at equal times, in the order in which they were pushed.
///
/// A binary heap of array positions: pushing and popping take logarithmic time and move no event.
public struct EventHeap<Event> {
    private struct Entry {
        var time: Int64
        var sequence: Int
        var slot: Int

        func precedes(_ other: Entry) -> Bool {
            (time, sequence) < (other.time, other.sequence)
        }
    }

    private var heap: [Entry] = []
    private var events: [Event?] = []
    private var freeSlots: [Int] = []
    private var pushedCount = 0

    public init() {}

    /// When the first event comes.
    public var nextTime: Int64? { heap.first?.time }

    /// - Parameter time: in whatever unit; earlier ones than those that were given out may be pushed, too.
    public mutating func push(_ event: Event, at time: Int64) {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            events[slot] = event
        } else {
            slot = events.count
            events.append(event)
        }
        heap.append(Entry(time: time, sequence: pushedCount, slot: slot))
        pushedCount += 1
        siftUp(heap.count - 1)
    }

    /// Takes the first event out if its time lies before a limit.
    public mutating func pop(before limit: Int64 = .max) -> (event: Event, time: Int64)? {
        guard let first = heap.first, first.time < limit else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown(0)
        }
        freeSlots.append(first.slot)
        return events[first.slot].take().map { ($0, first.time) }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].precedes(heap[first]) {
                first = child
            }
            guard first != parent else { return }
            heap.swapAt(parent, first)
            parent = first
        }
    }
}
