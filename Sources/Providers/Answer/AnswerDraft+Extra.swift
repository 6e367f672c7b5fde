import ByteCoding

/// What we do not model, where the upstream's configuration asks for it; else it is skipped, for one comparison.
///
/// Members of a piece of content go into a delta of kind `extra`. Members of the answer as a whole are kept for its end, the latest
/// value of each; and into a delta too where they are `told`, when they are new or changed: sources, for example. What says nothing
/// (null, an empty array) is no member.
extension AnswerDraft {
    /// The value of `key`, which is due, belongs to the piece of content that is read.
    @inline(__always)
    mutating func skipExtra(_ key: Range<Int>, _ reader: inout JSONReader) throws(JSONError) {
        guard keepsExtra else { return try reader.skipValue() }
        try keepExtra(key, &reader)
    }

    /// The value of `key`, which is due, belongs to the answer as a whole.
    @inline(__always)
    mutating func skipExtraOfAnswer(
        _ key: Range<Int>, isTold: Bool, _ reader: inout JSONReader
    ) throws(JSONError) {
        guard keepsExtra else { return try reader.skipValue() }
        try keepExtraOfAnswer(key, isTold: isTold, &reader)
    }

    /// The same, but the value is still due afterwards: part of it has a place in our words.
    @inline(__always)
    mutating func copyExtraOfAnswer(_ key: Range<Int>, isTold: Bool, _ reader: inout JSONReader) throws(JSONError) {
        guard keepsExtra else { return }
        let place = reader.mark
        try keepExtraOfAnswer(key, isTold: isTold, &reader)
        reader.go(to: place)
    }

    @inline(never)
    private mutating func keepExtra(_ key: Range<Int>, _ reader: inout JSONReader) throws(JSONError) {
        guard let member = try Self.member(key, &reader) else { return }
        _ = extra.set(member.name, to: member.value)
    }

    @inline(never)
    private mutating func keepExtraOfAnswer(
        _ key: Range<Int>, isTold: Bool, _ reader: inout JSONReader
    ) throws(JSONError) {
        guard let member = try Self.member(key, &reader), extraOfAnswer.set(member.name, to: member.value) else {
            return
        }
        if isTold { _ = extraNews.set(member.name, to: member.value) }
    }

    private static func member(
        _ key: Range<Int>, _ reader: inout JSONReader
    ) throws(JSONError) -> (name: [UInt8], value: [UInt8])? {
        var name: [UInt8] = []
        reader.copyKey(key, into: &name)
        let place = reader.mark
        guard try !reader.skipValueIsBlank() else { return nil }
        reader.go(to: place)
        var value: [UInt8] = []
        try reader.copyValue(into: &value)
        return (name, value)
    }

    // MARK: Deltas

    /// The end of a piece of content: what was kept of it becomes a delta.
    @inline(__always)
    mutating func appendExtra(choice: UInt16, to batch: inout DeltaBatch) {
        guard keepsExtra, !extra.isEmpty else { return }
        append(extra, choice: choice, to: &batch)
        extra.removeAll()
    }

    /// The end of a JSON text: what is new of the answer as a whole becomes a delta.
    @inline(__always)
    mutating func appendExtraNews(to batch: inout DeltaBatch) {
        guard keepsExtra, !extraNews.isEmpty else { return }
        append(extraNews, choice: 0, to: &batch)
        extraNews.removeAll()
    }

    /// An object that is due, an event of a kind that we do not model, becomes a delta as it is.
    mutating func appendExtra(_ reader: inout JSONReader, to batch: inout DeltaBatch) throws(JSONError) {
        guard keepsExtra else { return try reader.skipValue() }
        let offset = batch.bytes.count
        guard try reader.peek() == .object else { return try reader.skipValue() }
        try reader.copyValue(into: &batch.bytes)
        guard batch.bytes.count - offset <= ExtraMembers.maxBytes else {
            return batch.bytes.removeLast(batch.bytes.count - offset)
        }
        appendExtraDelta(from: offset, choice: 0, to: &batch)
    }

    private mutating func append(_ members: ExtraMembers, choice: UInt16, to batch: inout DeltaBatch) {
        let offset = batch.bytes.count
        members.write(to: &batch.bytes)
        appendExtraDelta(from: offset, choice: choice, to: &batch)
    }

    private mutating func appendExtraDelta(from offset: Int, choice: UInt16, to batch: inout DeltaBatch) {
        isRepeatable = false
        hasExtraOutput = true
        batch.deltas.append(
            Delta(
                kind: .extra, choice: choice, offset: UInt32(offset),
                contentLength: UInt32(batch.bytes.count - offset)))
    }
}
