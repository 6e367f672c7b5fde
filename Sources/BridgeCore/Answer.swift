import ByteCoding
package import Providers

/// What a request has been answered so far: its text outlives the log's tail, for snapshots and the transcript.
/// All strings are JSON-escaped bytes without quotes.
package struct Answer {
    package struct ToolCall {
        package var index: UInt16
        package var id: [UInt8] = []
        package var name: [UInt8] = []
        package var arguments: [UInt8] = []
    }

    package struct Choice {
        package var index: UInt16
        package var text: [UInt8] = []
        package var reasoning: [UInt8] = []
        package var refusal: [UInt8] = []
        package var toolCalls: [ToolCall] = []
        /// JSON objects with commas in between: what the provider said that we have no words for.
        package var extra: [UInt8] = []

        /// Something a model can be told that it said. Reasoning alone is not.
        package var hasContent: Bool { !text.isEmpty || !refusal.isEmpty || !toolCalls.isEmpty }
    }

    /// Bytes of `extra` that are kept for who comes later: further ones are for those who listen.
    package static let maxExtraBytes = 64 * 1024

    /// In order of appearance; usually one.
    package private(set) var choices: [Choice] = []
    /// Bytes of content held.
    package private(set) var byteCount = 0

    package init() {}

    /// The choice that goes into the transcript.
    package var first: Choice? { choices.first { $0.index == 0 } ?? choices.first }
    package var others: [Choice] { choices.filter { $0.index != 0 } }

    package mutating func append(_ batch: borrowing DeltaBatch) {
        let bytes = batch.bytes.span
        for delta in batch.deltas {
            let choice = position(of: delta.choice)
            let start = Int(delta.offset)
            let end = start + Int(delta.contentLength)
            let content = bytes.extracting(start..<end)
            byteCount += content.count
            switch delta.kind {
            case .text: choices[choice].text.append(span: content)
            case .reasoning: choices[choice].reasoning.append(span: content)
            case .refusal: choices[choice].refusal.append(span: content)
            case .extra:
                guard choices[choice].extra.count + content.count < Self.maxExtraBytes else {
                    byteCount -= content.count
                    continue
                }
                if !choices[choice].extra.isEmpty { choices[choice].extra.append(UInt8(ascii: ",")) }
                choices[choice].extra.append(span: content)
            case .toolCall:
                let name = end + Int(delta.idLength)
                choices[choice].append(
                    toolIndex: delta.toolIndex, id: bytes.extracting(end..<name),
                    name: bytes.extracting(name..<name + Int(delta.nameLength)), arguments: content)
                byteCount += Int(delta.idLength + delta.nameLength)
            }
        }
    }

    private mutating func position(of index: UInt16) -> Int {
        if let position = choices.firstIndex(where: { $0.index == index }) { return position }
        choices.append(Choice(index: index))
        return choices.count - 1
    }
}

extension Answer.Choice {
    fileprivate mutating func append(
        toolIndex: UInt16, id: Span<UInt8>, name: Span<UInt8>, arguments: Span<UInt8>
    ) {
        let position: Int
        if let known = toolCalls.firstIndex(where: { $0.index == toolIndex }) {
            position = known
        } else {
            toolCalls.append(.init(index: toolIndex))
            position = toolCalls.count - 1
        }
        if toolCalls[position].id.isEmpty { toolCalls[position].id.append(span: id) }
        if toolCalls[position].name.isEmpty { toolCalls[position].name.append(span: name) }
        toolCalls[position].arguments.append(span: arguments)
    }
}
