/// Cuts a text into chunks whose sizes the input chose.
package struct Splits {
    /// Bytes of the chunks, in turn and again from the start; 0 takes all that is left.
    private let sizes: [Int]

    package static let whole = Splits(sizes: [0])
    package static let bytewise = Splits(sizes: [1])

    private init(sizes: [Int]) {
        self.sizes = sizes
    }

    package init(chosenBy input: inout Input) {
        sizes = (0..<4).map { _ in input.choice() }
    }

    /// Hands over the chunks in order. Each is freed when `body` returns: AddressSanitizer sees a byte that is read
    /// beyond its end, or later.
    package func feed(_ text: some Collection<UInt8>, to body: (Span<UInt8>) -> Void) {
        var rest = text[...]
        var turn = 0
        while !rest.isEmpty {
            let size = sizes[turn % sizes.count]
            lend(rest.prefix(size == 0 ? rest.count : size), to: body)
            rest = rest.dropFirst(size == 0 ? rest.count : size)
            turn += 1
        }
    }
}

/// Copies bytes into memory of exactly their size for the length of a call.
package func lend<Result>(_ bytes: some Collection<UInt8>, to body: (Span<UInt8>) -> Result) -> Result {
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    defer { memory.deallocate() }
    _ = memory.initialize(fromContentsOf: bytes)
    return body(memory.span)
}
