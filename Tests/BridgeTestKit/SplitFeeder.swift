/// Cuts bytes into chunks in every way a parser might be fed, so that a test can demand the same outcome of all.
package struct SplitFeeder {
    /// One way of cutting.
    package enum Way: Equatable, Sendable, CustomStringConvertible {
        case whole
        /// Chunks of so many bytes, the last one perhaps shorter.
        case every(Int)
        /// Cuts before these offsets, which rise.
        case at([Int])

        package static var bytewise: Way { .every(1) }

        package var description: String {
            switch self {
            case .whole: "whole"
            case .every(1): "bytewise"
            case .every(let count): "every \(count) bytes"
            case .at(let offsets): "cut at \(offsets)"
            }
        }
    }

    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Hands over the chunks of one way, in order. Every chunk is an array of its own, so that what a parser keeps of it
    /// beyond the call cannot be right by accident.
    package func feed(_ way: Way, to parser: (Span<UInt8>) throws -> Void) rethrows {
        for range in ranges(way) {
            let chunk = Array(bytes[range])
            try parser(chunk.span)
        }
    }

    /// Whole, byte by byte, and in two pieces, cut at each offset or, where `stride` is greater, at every so-manieth.
    package func ways(stride step: Int = 1) -> [Way] {
        var ways: [Way] = [.whole, .bytewise]
        for offset in stride(from: 1, to: bytes.count, by: step) { ways.append(.at([offset])) }
        return ways
    }

    private func ranges(_ way: Way) -> [Range<Int>] {
        switch way {
        case .whole: return bytes.isEmpty ? [] : [0..<bytes.count]
        case .every(let count):
            return stride(from: 0, to: bytes.count, by: count).map { $0..<min($0 + count, bytes.count) }
        case .at(let offsets):
            let cuts = [0] + offsets + [bytes.count]
            return zip(cuts, cuts.dropFirst()).map { $0..<$1 }
        }
    }
}
