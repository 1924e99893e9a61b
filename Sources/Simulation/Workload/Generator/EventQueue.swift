/// Events to come, given out by time and, at equal times, in the order in which they were pushed.
///
/// A binary heap of array positions: pushing and popping take logarithmic time and move no event.
struct EventQueue {
    private struct Entry {
        var timeMilliseconds: Int64
        var sequence: Int
        var slot: Int

        func precedes(_ other: Entry) -> Bool {
            (timeMilliseconds, sequence) < (other.timeMilliseconds, other.sequence)
        }
    }

    private var heap: [Entry] = []
    private var events: [LogEvent?] = []
    private var freeSlots: [Int] = []
    private var pushedCount = 0

    mutating func push(_ event: LogEvent) {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            events[slot] = event
        } else {
            slot = events.count
            events.append(event)
        }
        heap.append(Entry(timeMilliseconds: event.timeMilliseconds, sequence: pushedCount, slot: slot))
        pushedCount += 1
        siftUp(heap.count - 1)
    }

    /// Takes the first event out if its time lies before `limitMilliseconds`.
    mutating func pop(before limitMilliseconds: Int64) -> LogEvent? {
        guard let first = heap.first, first.timeMilliseconds < limitMilliseconds else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown(0)
        }
        freeSlots.append(first.slot)
        return events[first.slot].take()
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
