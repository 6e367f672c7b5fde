import ByteCoding

/// The items of a response's output so far, and what was heard of each.
struct ResponsesItems {
    private struct Item {
        /// Its number in the output, where the server gives one.
        var index: Int?
        var id: String?
        /// Kinds of which a piece was heard, a bit for each.
        var heard: UInt8 = 0
    }

    /// More items than that are not told apart, and only their deltas are heard.
    private static let maxCount = 1024

    private var items: [Item] = []

    /// Where the event's item is; it is new where nothing was said of it before. The reader is elsewhere afterwards.
    mutating func position(of event: ResponsesEvent, in reader: inout JSONReader) throws(JSONError) -> Int? {
        if let index = event.outputIndex, let known = items.lastIndex(where: { $0.index == index }) { return known }
        var id: String?
        if let place = event.itemID {
            reader.go(to: place)
            id = try reader.readText()
        }
        return position(index: event.outputIndex, id: id)
    }

    /// The number counts where both are given: some servers give an item another id in each event.
    mutating func position(index: Int?, id: String?) -> Int? {
        if let index, let known = items.lastIndex(where: { $0.index == index }) { return known }
        let sameID = items.lastIndex { $0.id == id && id != nil && (index == nil || $0.index == nil) }
        if let sameID { return sameID }
        // Other ids at the end than before, and no numbers before: the order tells.
        if let index, items.indices.contains(index), items.allSatisfy({ $0.index == nil }) { return index }
        // Neither: the server goes on about the item before.
        if index == nil, id == nil, !items.isEmpty { return items.count - 1 }
        guard items.count < Self.maxCount else { return nil }
        items.append(Item(index: index, id: id))
        return items.count - 1
    }

    mutating func hear(_ kind: Delta.Kind, at position: Int) {
        items[position].heard |= 1 &<< kind.rawValue
    }

    func hasHeard(_ kind: Delta.Kind, at position: Int) -> Bool {
        items[position].heard & 1 &<< kind.rawValue != 0
    }

    /// How the ledger knows the item's call.
    func piece(at position: Int) -> ToolCallLedger.Piece {
        ToolCallLedger.Piece(slot: UInt16(clamping: position))
    }
}
