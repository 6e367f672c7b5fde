import Fuzzing

/// Any bytes as JSON, as the content of a string, and as a string in pieces; and a reader that is asked for whatever the
/// input chooses.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let seed = input.choice()
    let text = Array(input.text)
    lend(text) { judgeGrammar($0) }
    lend(text) { judgeWriting($0) }
    lend(text) { judgePieces($0, longest: seed % 16 + 1) }
    lend(text) { Walk(seed: seed).over($0) }
    return 0
}
