/// Which codings a client takes, and how much it likes each (RFC 9110 section 12.5.3).
///
/// Elements that are malformed or unknown say nothing. Of more than 32 the others are not looked at; browsers send four.
/// Who says two things of one coding is taken at the lower word.
struct AcceptEncoding {
    /// In thousandths; 0 is a refusal, nil says nothing.
    private var brotli, gzip, identity, others: Int?

    private static let maxElements = 32

    /// Without the field a client would have to take anything (section 12.5.3, rule 1); it is given what all can read.
    init(_ field: String?) {
        // What is left over is one element more, which is dropped.
        let elements = (field ?? "").utf8.split(separator: UInt8(ascii: ","), maxSplits: Self.maxElements)
        for element in elements.prefix(Self.maxElements) { add(Substring(element)) }
    }

    /// The one the client likes best, of equals the first; nil where it refuses them all.
    func best(of available: [ContentCoding]) -> ContentCoding? {
        var best: ContentCoding?
        var highest = 0
        for coding in available where weight(of: coding) > highest {
            best = coding
            highest = weight(of: coding)
        }
        return best
    }

    /// In thousandths. A file as it is may be sent unless that is refused (rule 2), but whatever was named is better.
    private func weight(of coding: ContentCoding) -> Int {
        switch coding {
        case .brotli: brotli ?? others ?? 0
        case .gzip: gzip ?? others ?? 0
        case .identity: identity ?? others ?? 1
        }
    }

    private mutating func add(_ element: Substring) {
        let parts = element.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let weight = parts.count == 2 ? Self.weight(HeaderList.trim(parts[1])) : 1_000
        guard let weight else { return }
        switch HeaderList.trim(parts[0]).lowercased() {
        case "br": brotli = min(brotli ?? weight, weight)
        case "gzip", "x-gzip": gzip = min(gzip ?? weight, weight)
        case "identity": identity = min(identity ?? weight, weight)
        case "*": others = min(others ?? weight, weight)
        default: break
        }
    }

    /// `q=0.5` in thousandths; at most three decimals, and nothing above 1 (section 12.4.2).
    private static func weight(_ text: String) -> Int? {
        let bytes = Array(text.utf8.prefix(8))
        guard 3...7 ~= bytes.count, bytes[0] | 0x20 == UInt8(ascii: "q"), bytes[1] == UInt8(ascii: "="),
            bytes.count == 3 || bytes[3] == UInt8(ascii: ".")
        else { return nil }
        var value = 0
        for (place, scale) in [(2, 1_000), (4, 100), (5, 10), (6, 1)] where place < bytes.count {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[place] else { return nil }
            value += Int(bytes[place] - UInt8(ascii: "0")) * scale
        }
        return value <= 1_000 ? value : nil
    }
}
