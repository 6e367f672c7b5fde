import ByteCoding
import Fuzzing

/// Any bytes written as a JSON string are one, and read back they are what a decoder of UTF-8 makes of the bytes.
func judgeWriting(_ bytes: Span<UInt8>) {
    let raw = bytes.indices.map { bytes[$0] }
    demand(isValidUTF8(bytes) == (String(validating: raw, as: UTF8.self) != nil), "UTF-8 is what Swift says it is")
    let text = String(decoding: raw, as: UTF8.self)

    var content: [UInt8] = []
    content.append(escaping: bytes)
    demand(isValidUTF8(content.span), "written text is UTF-8")
    demand(string(content) == text, "written text reads as what it was")

    var whole: [UInt8] = []
    whole.append(jsonString: text)
    demand(whole == quoted(content), "repaired before or while writing is the same")
    demand(normalised(whole.span) == whole, "written text is normal")

    var number: UInt64 = 0
    for byte in raw.prefix(8) { number = number << 8 | UInt64(byte) }
    judgeDecimal(number)
}

private func judgeDecimal(_ number: UInt64) {
    var digits: [UInt8] = []
    digits.append(decimal: number)
    demand(digits == Array("\(number)".utf8), "a number is written in decimal")
    let signed = Int(truncatingIfNeeded: number)
    digits = []
    digits.append(decimal: signed)
    demand(digits == Array("\(signed)".utf8), "a signed number is written in decimal")
    var reader = JSONReader(digits.span)
    do throws(JSONError) {
        demand(try reader.readInt() == signed, "a written number is read")
    } catch {
        demand(false, "a written number is JSON: \(error)")
    }
}

func quoted(_ content: some Collection<UInt8>) -> [UInt8] {
    [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
}

/// What the content of a JSON string stands for; nil where it is none.
func string(_ content: some Collection<UInt8>) -> String? {
    let json = quoted(content)
    var reader = JSONReader(json.span)
    do throws(JSONError) {
        let text = try reader.readString()
        try reader.finish()
        return text
    } catch {
        return nil
    }
}
