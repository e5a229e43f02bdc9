// What the shell keeps beside each slot of a group's machine. An array with thousands of pairs has most of them idle at any
// moment: a table takes memory with its first entry and gives it back once its group has had nothing under way for a while.

/// One element for each slot; all are `empty` as long as nothing was stored.
///
/// **Threads**: part of the group's state, used under its lock.
struct SlotTable<Element> {
    private let count: Int
    private let empty: Element
    private var elements: [Element] = []

    init(count: Int, empty: Element) {
        self.count = count
        self.empty = empty
    }

    // hot
    subscript(index: Int) -> Element {
        get { elements.isEmpty ? empty : elements[index] }
        set {
            if elements.isEmpty { elements = Array(repeating: empty, count: count) }
            elements[index] = newValue
        }
    }

    /// Forgets all elements.
    mutating func giveBack() { elements = [] }
}
