/// Things that fall due in the order in which they were added, since all wait equally long. Cheap for many: adding and
/// taking are O(1), and what is no longer due is told apart when it comes out.
struct DeadlineQueue<Element> {
    private var items: [(deadline: UInt64, element: Element)] = []
    private var taken = 0

    var isEmpty: Bool { taken == items.count }
    var count: Int { items.count - taken }

    /// - Precondition: `deadline` is not before that of the element added last.
    mutating func add(_ element: Element, deadline: UInt64) {
        items.append((deadline, element))
    }

    /// The next element whose deadline has passed.
    mutating func take(at now: UInt64) -> Element? {
        guard taken < items.count, items[taken].deadline <= now else { return nil }
        let element = items[taken].element
        taken += 1
        if taken == items.count {
            items.removeAll(keepingCapacity: items.count < 1024)
            taken = 0
        } else if taken > 256, taken > items.count / 2 {
            items.removeFirst(taken)
            taken = 0
        }
        return element
    }
}
