/// The tool calls of an answer so far: which call a piece belongs to, for servers that number them well, twice, or not.
struct ToolCallLedger {
    /// What a piece says of its call; empty strings say nothing.
    struct Piece {
        /// The number that the server gives it (in an array of calls, of content blocks, of items), where it gives one.
        var slot: UInt16?
        /// That number counts calls and nothing else: it is ours, too, where no other call has it.
        var countsCalls = false
        var id = ""
        var name = ""
    }

    /// A call, as this piece found it: its index, and what of its id and name is news.
    struct Place {
        let index: UInt16
        let isNew: Bool
        let newID: String
        let newName: String
    }

    private struct Call {
        let choice: UInt16
        let slot: UInt16?
        let index: UInt16
        var id: String
        var name: String
    }

    private var calls: [Call] = []

    var count: Int { calls.count }

    /// Finds or opens the piece's call.
    mutating func place(_ piece: Piece, choice: UInt16) -> Place {
        guard let position = position(of: piece, choice: choice) else {
            let index = freeIndex(for: piece, choice: choice)
            calls.append(Call(choice: choice, slot: piece.slot, index: index, id: piece.id, name: piece.name))
            return Place(index: index, isNew: true, newID: piece.id, newName: piece.name)
        }
        let call = calls[position]
        let newID = piece.id == call.id ? "" : piece.id
        let newName = piece.name == call.name ? "" : piece.name
        if !newID.isEmpty { calls[position].id = newID }
        if !newName.isEmpty { calls[position].name = newName }
        return Place(index: call.index, isNew: false, newID: newID, newName: newName)
    }

    private func position(of piece: Piece, choice: UInt16) -> Int? {
        if !piece.id.isEmpty, let known = calls.lastIndex(where: { $0.choice == choice && $0.id == piece.id }) {
            return known
        }
        guard let slot = piece.slot else {
            // Without index and id: a name begins a call, anything else goes on with the last one.
            if !piece.id.isEmpty || !piece.name.isEmpty { return nil }
            return calls.lastIndex { $0.choice == choice }
        }
        guard let last = calls.lastIndex(where: { $0.choice == choice && $0.slot == slot }) else { return nil }
        // Another id under the same index is another call: some servers give every whole call the index 0.
        let isOther = !piece.id.isEmpty && !calls[last].id.isEmpty
        return isOther ? nil : last
    }

    /// The server's number where that counts calls; else a call's index is how many came before it in its choice.
    private func freeIndex(for piece: Piece, choice: UInt16) -> UInt16 {
        let wish = piece.countsCalls ? piece.slot : nil
        guard let wish, !calls.contains(where: { $0.choice == choice && $0.index == wish }) else {
            return nextIndex(choice: choice)
        }
        return wish
    }

    /// The one after the highest.
    func nextIndex(choice: UInt16) -> UInt16 {
        var index: UInt16 = 0
        for call in calls where call.choice == choice { index = max(index, call.index == .max ? .max : call.index + 1) }
        return index
    }
}
