/// What a model's name asks a `PacedSource` to stream: `paced:COUNT:RATE:PAD` and, behind it, what is to go wrong.
///
/// COUNT deltas, RATE of them a second (0: as fast as the socket takes them), each with PAD bytes of padding. Then any of
/// `:wait@MS` (before the head of the answer) and one of the faults `:cut@N`, `:close@N`, `:error@N`, `:garbage@N`,
/// `:silent@N`, after N deltas. `status:CODE` answers with that HTTP status alone.
package struct PacedModel: Equatable {
    package enum Fault: Equatable {
        /// A TCP reset in mid-stream.
        case cut
        /// A clean end of the body before the answer's end.
        case close
        /// An error object in the stream.
        case error
        /// An event that is no JSON.
        case garbage
        /// Nothing more, for ever.
        case silent
    }

    package var count: Int
    /// Deltas a second; 0 for no limit.
    package var rate: Int
    package var pad: Int
    package var waitMilliseconds = 0
    package var fault: Fault?
    /// Deltas before the fault.
    package var faultAfter = 0
    /// Other than 200: the whole answer.
    package var status = 200

    package init(count: Int, rate: Int, pad: Int = 0, fault: Fault? = nil, faultAfter: Int = 0) {
        self.count = count
        self.rate = rate
        self.pad = pad
        self.fault = fault
        self.faultAfter = faultAfter
    }

    /// Nil where the name is not one of ours.
    package init?(_ name: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0] == "status", let status = Int(parts[1]), (201...599).contains(status) {
            self.init(count: 0, rate: 0)
            self.status = status
            return
        }
        let numbers = parts.dropFirst().prefix(3).compactMap { Int($0) }
        guard parts.count >= 4, parts[0] == "paced", numbers.count == 3, numbers.allSatisfy({ $0 >= 0 }),
            numbers[1] <= 1_000_000, numbers[2] <= Self.maxPad
        else { return nil }
        self.init(count: numbers[0], rate: numbers[1], pad: numbers[2])
        for part in parts.dropFirst(4) {
            let words = part.split(separator: "@")
            guard words.count == 2, let number = Int(words[1]), number >= 0 else { return nil }
            if words[0] == "wait" {
                waitMilliseconds = number
            } else if let fault = Self.faults[words[0]] {
                self.fault = fault
                faultAfter = number
            } else {
                return nil
            }
        }
    }

    package static let maxPad = 8 << 20
    private static let faults: [Substring: Fault] = [
        "cut": .cut, "close": .close, "error": .error, "garbage": .garbage, "silent": .silent,
    ]

    /// Deltas until the answer's end or its fault.
    package var deltas: Int { fault == nil ? count : min(count, faultAfter) }
}
