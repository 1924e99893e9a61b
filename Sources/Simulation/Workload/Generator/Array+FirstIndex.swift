extension Array where Element: Comparable {
    /// The index of the first element not below `value`, or `endIndex`. The array must be sorted; logarithmic time.
    func firstIndex(notBelow value: Element) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
