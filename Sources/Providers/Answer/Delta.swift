/// A piece of an answer, as the provider sent it: one content field of one choice. Its bytes are in the batch.
///
/// From `offset`, in this order and without anything between: content, id, name, logprobs.
package struct Delta: Equatable {
    package enum Kind: UInt8, Sendable {
        case text, reasoning, refusal, toolCall
        /// What we have no words for: its content is one JSON object on one line. Never to be joined with another.
        case extra
    }

    package let kind: Kind
    /// The index of the choice, from 0.
    package let choice: UInt16
    /// The index of the tool call in its choice, from 0; 0 for other kinds.
    package let toolIndex: UInt16
    /// Where its bytes begin in `DeltaBatch.bytes`.
    package let offset: UInt32
    /// Text, or a tool call's arguments: the content of a JSON string, escaped, valid UTF-8.
    package let contentLength: UInt32
    /// A tool call's id, escaped likewise, in the first delta that knows it.
    package let idLength: UInt32
    /// A tool call's name, escaped likewise, in the first delta that knows it.
    package let nameLength: UInt32
    /// A JSON value on one line, or nothing.
    package internal(set) var logprobsLength: UInt32

    package init(
        kind: Kind, choice: UInt16 = 0, toolIndex: UInt16 = 0, offset: UInt32, contentLength: UInt32,
        idLength: UInt32 = 0,
        nameLength: UInt32 = 0, logprobsLength: UInt32 = 0
    ) {
        self.kind = kind
        self.choice = choice
        self.toolIndex = toolIndex
        self.offset = offset
        self.contentLength = contentLength
        self.idLength = idLength
        self.nameLength = nameLength
        self.logprobsLength = logprobsLength
    }

    package var contentRange: Range<Int> { range(after: 0, contentLength) }
    package var idRange: Range<Int> { range(after: contentLength, idLength) }
    package var nameRange: Range<Int> { range(after: contentLength + idLength, nameLength) }
    package var logprobsRange: Range<Int> { range(after: contentLength + idLength + nameLength, logprobsLength) }

    private func range(after length: UInt32, _ count: UInt32) -> Range<Int> {
        let start = Int(offset) + Int(length)
        return start..<start + Int(count)
    }
}

/// Deltas in order of arrival, and their bytes. The owner reads it out and empties it after each call to a decoder; the
/// decoder only appends.
package struct DeltaBatch {
    package var bytes: [UInt8] = []
    package var deltas: [Delta] = []

    package init() {}

    package var isEmpty: Bool { deltas.isEmpty }

    /// Empties it and keeps the storage.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        deltas.removeAll(keepingCapacity: true)
    }

    /// Takes back what was appended after it had so many bytes and deltas.
    mutating func shorten(toBytes byteCount: Int, deltas deltaCount: Int) {
        bytes.removeLast(bytes.count - byteCount)
        deltas.removeLast(deltas.count - deltaCount)
    }
}
