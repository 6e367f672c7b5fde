import ByteCoding
import Foundation
import Fuzzing

/// The reader and Foundation's accept the same texts and understand the same by them. Known differences, all meant:
/// - ours reads UTF-8 that is ill-formed and escaped surrogates that are alone, and repairs them;
/// - ours takes numbers of any size, Foundation's only what a `Double` can hold;
/// - Foundation's takes a byte order mark, and UTF-16 and UTF-32, and a comma before a closing bracket;
/// - ours has a limit of 64 for nesting, Foundation's one of 512.
func judgeGrammar(_ text: Span<UInt8>) {
    let foundation = value(of: text.indices.map { text[$0] })
    guard let copy = normalised(text) else {
        if let error = refusal(of: text), error.reason == .tooDeep || isTrailingComma(error, in: text) { return }
        let isPlain = isValidUTF8(text) && !text.indices.contains { text[$0] == 0 } && !hasMark(text)
        demand(foundation == nil || !isPlain, "what Foundation reads, the reader reads")
        return
    }
    demand(refusal(of: text) == nil, "what can be copied can be skipped")
    demand(isValidUTF8(copy.span), "a copy is UTF-8")
    demand(!copy.contains { $0 < 0x20 }, "a copy stands on one line")
    demand(normalised(copy.span) == copy, "a copy's copy is the same")
    let understood = value(of: copy)
    demand(understood != nil || hasHugeNumber(copy.span), "what the reader accepts and repairs, Foundation reads")
    if let foundation, let understood {
        demand(written(foundation) == written(understood), "a copy means what the original means")
    }
}

private func refusal(of text: Span<UInt8>) -> JSONError? {
    var reader = JSONReader(text)
    do throws(JSONError) {
        try reader.skipValue()
        try reader.finish()
        return nil
    } catch {
        demand((0...text.count).contains(error.offset), "an error is in the text")
        demand(!error.description.isEmpty, "an error has words")
        return error
    }
}

func normalised(_ text: Span<UInt8>) -> [UInt8]? {
    var copy: [UInt8] = []
    var reader = JSONReader(text)
    do throws(JSONError) {
        try reader.copyValue(into: &copy)
        try reader.finish()
        return copy
    } catch {
        return nil
    }
}

private func value(of text: [UInt8]) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
}

private func written(_ value: Any) -> Data? {
    try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
}

private func hasMark(_ text: Span<UInt8>) -> Bool {
    text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
}

private func isTrailingComma(_ error: JSONError, in text: Span<UInt8>) -> Bool {
    guard error.reason == .unexpectedByte(UInt8(ascii: "]")) || error.reason == .unexpectedByte(UInt8(ascii: "}"))
    else { return false }
    let last = (0..<error.offset).last { text[$0] > 0x20 }
    return last.map { text[$0] == UInt8(ascii: ",") } ?? false
}

/// Whether some number is beyond what a `Double` can hold.
private func hasHugeNumber(_ text: Span<UInt8>) -> Bool {
    var reader = JSONReader(text)
    do throws(JSONError) {
        return try hasHugeNumber(&reader)
    } catch {
        return false
    }
}

private func hasHugeNumber(_ reader: inout JSONReader) throws(JSONError) -> Bool {
    var isHuge = false
    switch try reader.peek() {
    case .number: isHuge = try reader.readDouble() == nil
    case .array:
        try reader.beginArray()
        while try reader.nextElement() { isHuge = try hasHugeNumber(&reader) || isHuge }
    case .object:
        try reader.beginObject()
        while try reader.nextKey() != nil { isHuge = try hasHugeNumber(&reader) || isHuge }
    case .string, .bool, .null: try reader.skipValue()
    }
    return isHuge
}
