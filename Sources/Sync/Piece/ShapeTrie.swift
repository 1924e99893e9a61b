/// The shapes of a piece's records, told apart step by step as their cells go by.
///
/// A shape is a list of steps: a class of cells, and which of the record's writes they belong to. Thousands of alike records
/// walk the same path, so a step mostly is one comparison.
struct ShapeTrie {
    struct Step: Hashable {
        var cellClass: CellClass
        var write: UInt32
    }

    /// Which write a cell belongs to, as a step says it.
    enum WriteCode {
        /// That of the cell before.
        static let same: UInt32 = 0
        /// One that the record has not named yet; each further cell of the step names another one.
        static let new: UInt32 = 1
        /// The record's first one; the second is one more, and so on.
        static let first: UInt32 = 2
    }

    private struct Node {
        let step: Step
        let parent: Int32
        let classNumber: Int32
        var lastChild: Int32 = -1
        var shape: Int32 = -1
    }

    private struct Edge: Hashable {
        let parent: Int32
        let step: Step
    }

    private var nodes: [Node] = []
    private var edges: [Edge: Int32] = [:]
    private var classNumbers: [CellClass: Int32] = [:]
    /// In order of first use.
    private(set) var classes: [CellClass] = []
    /// The last node of each shape, in order of first use.
    private var ends: [Int32] = []

    static let root: Int32 = 0

    init() {
        let none = Step(cellClass: CellClass(head: .max, content: .max), write: .max)
        nodes.append(Node(step: none, parent: -1, classNumber: -1))
    }

    @inline(__always)
    mutating func child(of parent: Int32, _ step: Step) -> Int32 {
        let last = nodes[Int(parent)].lastChild
        if last >= 0, nodes[Int(last)].step == step { return last }
        return otherChild(of: parent, step)
    }

    private mutating func otherChild(of parent: Int32, _ step: Step) -> Int32 {
        let edge = Edge(parent: parent, step: step)
        let child: Int32
        if let known = edges[edge] {
            child = known
        } else {
            child = Int32(nodes.count)
            nodes.append(Node(step: step, parent: parent, classNumber: number(of: step.cellClass)))
            edges[edge] = child
        }
        nodes[Int(parent)].lastChild = child
        return child
    }

    private mutating func number(of cellClass: CellClass) -> Int32 {
        if let known = classNumbers[cellClass] { return known }
        classNumbers[cellClass] = Int32(classes.count)
        classes.append(cellClass)
        return Int32(classes.count - 1)
    }

    @inline(__always)
    func classNumber(of node: Int32) -> Int { Int(nodes[Int(node)].classNumber) }

    /// The number of the shape that ends here, in order of first use.
    mutating func shape(endingAt node: Int32) -> Int {
        if nodes[Int(node)].shape < 0 {
            nodes[Int(node)].shape = Int32(ends.count)
            ends.append(node)
        }
        return Int(nodes[Int(node)].shape)
    }

    /// The steps of each shape, with the numbers of their classes in order of first use.
    var shapes: [[(classNumber: Int, write: UInt32)]] {
        ends.map { end in
            var steps: [(classNumber: Int, write: UInt32)] = []
            var node = end
            while node != Self.root {
                steps.append((Int(nodes[Int(node)].classNumber), nodes[Int(node)].step.write))
                node = nodes[Int(node)].parent
            }
            return steps.reversed()
        }
    }
}
