/// Names that clients choose for sessions and requests: 1 to 128 of `[A-Za-z0-9._:-]`, which is why they travel in JSON
/// without escapes.
package enum Identifier {
    package static let maxLength = 128

    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= maxLength else { return false }
        return bytes.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// A place in a session's log. `seq` means something only together with the `epoch` it was counted in.
package struct Position: Equatable, Sendable {
    package var epoch: String
    package var seq: UInt64

    package init(epoch: String, seq: UInt64) {
        self.epoch = epoch
        self.seq = seq
    }
}
