/// A line for each owner, served in turn: whoever puts a hundred into it delays others by one at a time. Within a line,
/// first come, first served.
package struct FairQueue<Owner: Hashable, Element: AnyObject> {
    private var lines: [Owner: [Element]] = [:]
    /// Whose turn it is: the owners of lines, each once.
    private var turns: [Owner] = []
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    package mutating func append(_ element: Element, of owner: Owner) {
        if lines[owner] == nil { turns.append(owner) }
        lines[owner, default: []].append(element)
        count += 1
    }

    /// Takes the one whose turn it is.
    package mutating func next() -> Element? {
        guard let owner = turns.first, let element = lines[owner]?.removeFirst() else { return nil }
        count -= 1
        turns.removeFirst()
        if lines[owner]?.isEmpty ?? true { lines[owner] = nil } else { turns.append(owner) }
        return element
    }

    /// Takes one that does not want to wait any longer. False where it is not here.
    package mutating func remove(_ element: Element, of owner: Owner) -> Bool {
        guard let place = lines[owner]?.firstIndex(where: { $0 === element }) else { return false }
        lines[owner]?.remove(at: place)
        count -= 1
        if lines[owner]?.isEmpty ?? true {
            lines[owner] = nil
            turns.removeAll { $0 == owner }
        }
        return true
    }
}
