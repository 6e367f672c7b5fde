import Fuzzing
import Providers

/// Any bytes as the body of an answer in any dialect, in any pieces: the same is heard whatever the splits, and all of it can go
/// on the wire as it is.
@_cdecl("LLVMFuzzerTestOneInput")
package func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let choice = input.choice()
    let contentType = [nil, "text/event-stream; charset=utf-8", "application/json"][choice % 3]
    var limits = DecoderLimits()
    if choice & 0x80 != 0 {
        limits.maxEventBytes = 200
        limits.maxBodyBytes = 300
        limits.maxChoices = 3
        limits.maxToolCalls = 4
    }
    let splits = Splits(chosenBy: &input)
    // Taken last, so that the seeds from before there were several are what they were.
    let manner = input.choice()
    let asked = HeardAnswer.Asked(
        dialect: Dialect.allCases[manner % Dialect.allCases.count],
        options: DecoderOptions(keepsExtra: manner & 0x40 != 0, readsInlineThinking: manner & 0x80 != 0),
        contentType: contentType, limits: limits)

    let whole = HeardAnswer(to: input.text, .whole, asked)
    whole.judge(dialect: asked.dialect, limits: limits)
    for way in [Splits.bytewise, splits] {
        let heard = HeardAnswer(to: input.text, way, asked)
        demand(heard == whole, "the same whatever the splits:\n\(heard)\nwhole:\n\(whole)")
    }
    return 0
}
