import Fuzzing

/// Any bytes as an event stream, in any pieces: the events are those of the plain reading, whatever the splits.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let limits = [16, 40, 1000, 1 << 20]
    let limit = limits[input.choice() % limits.count]
    let splits = Splits(chosenBy: &input)

    let expected = SeenStream(read: input.text, maxEventBytes: limit)
    for way in [Splits.whole, .bytewise, splits] {
        let seen = SeenStream(parsed: input.text, way, maxEventBytes: limit)
        demand(seen == expected, "the same whatever the splits:\n\(seen)\nexpected:\n\(expected)")
    }
    return 0
}
