import ByteCoding
package import Providers

extension DeltaBatch {
    /// Adds a delta; texts are given as they are and escaped here, logprobs and what is `extra` are JSON.
    package mutating func add(
        _ kind: Delta.Kind, _ content: String, choice: Int = 0, toolIndex: Int = 0, id: String = "", name: String = "",
        logprobs: String = ""
    ) {
        let offset = bytes.count
        func append(_ text: String) -> UInt32 {
            let start = bytes.count
            bytes.append(escaping: Array(text.utf8).span)
            return UInt32(bytes.count - start)
        }
        let contentLength = kind == .extra ? UInt32(content.utf8.count) : append(content)
        if kind == .extra { bytes.append(contentsOf: content.utf8) }
        let idLength = append(id)
        let nameLength = append(name)
        bytes.append(contentsOf: logprobs.utf8)
        deltas.append(
            Delta(
                kind: kind, choice: UInt16(choice), toolIndex: UInt16(toolIndex), offset: UInt32(offset),
                contentLength: contentLength, idLength: idLength, nameLength: nameLength,
                logprobsLength: UInt32(logprobs.utf8.count)))
    }

    /// One delta alone.
    package static func one(
        _ kind: Delta.Kind, _ content: String, choice: Int = 0, toolIndex: Int = 0, id: String = "", name: String = "",
        logprobs: String = ""
    ) -> DeltaBatch {
        var batch = DeltaBatch()
        batch.add(kind, content, choice: choice, toolIndex: toolIndex, id: id, name: name, logprobs: logprobs)
        return batch
    }
}
