import LoadKit
import Testing

/// What a server says of one request, entry by entry; tests leave out, double and swap.
private struct Talk {
    private(set) var messages: [String] = []

    init(deltas: Int) {
        messages.append(
            #"{"type":"joined","session":"s","epoch":"e","seq":0,"recovered":false,"snapshot":{"messages":[],"requests":[]}}"#
        )
        messages.append(#"{"type":"request","session":"s","request":"r","seq":1,"n":0,"input":"hi"}"#)
        messages.append(#"{"type":"start","session":"s","request":"r","seq":2,"n":1,"model":"m"}"#)
        for index in 0..<deltas {
            messages.append(
                #"{"type":"delta","session":"s","request":"r","seq":\#(index + 3),"n":\#(index + 2),"text":"\#(index):7.. "}"#
            )
        }
        let last = deltas + 2
        messages.append(
            #"{"type":"end","session":"s","request":"r","seq":\#(last + 1),"n":\#(last),"usage":{"input":1,"output":1}}"#
        )
    }

    mutating func edit(_ change: (inout [String]) -> Void) -> Talk {
        change(&messages)
        return self
    }
}

@Suite struct FrameJudgeTests {
    private func judge(_ messages: [String]) throws -> [RequestOutcome] {
        let tab = TabJudge()
        tab.expect("s")
        var outcomes: [RequestOutcome] = []
        tab.onOutcome = { outcomes.append($0) }
        for message in messages { try tab.take(Array(message.utf8).span) }
        return outcomes
    }

    @Test func aWholeAnswerIsFine() throws {
        let outcomes = try judge(Talk(deltas: 5).messages)
        #expect(outcomes.count == 1)
        let outcome = try #require(outcomes.first)
        #expect(outcome.request == "r" && outcome.terminal == .ended && outcome.text.count == 5)
        var text = AnswerText()
        try text.take(Array("0:7.. 1:7.. 2:7.. 3:7.. 4:7.. ".utf8).span)
        #expect(outcome.text == text)
    }

    @Test("A frame that is lost is caught, whichever it is", arguments: 1...7)
    func lost(index: Int) {
        var talk = Talk(deltas: 5)
        let messages = talk.edit { $0.remove(at: index) }.messages
        #expect(throws: Violation.self) { try judge(messages) }
    }

    @Test("A frame that comes twice is caught, whichever it is", arguments: 1...8)
    func doubled(index: Int) {
        var talk = Talk(deltas: 5)
        let messages = talk.edit { $0.insert($0[index], at: index) }.messages
        #expect(throws: Violation.self) { try judge(messages) }
    }

    @Test("Two frames that change places are caught", arguments: 1...7)
    func swapped(index: Int) {
        var talk = Talk(deltas: 5)
        let messages = talk.edit { $0.swapAt(index, index + 1) }.messages
        #expect(throws: Violation.self) { try judge(messages) }
    }

    @Test("A frame renumbered to hide a lost one is caught by the text")
    func renumbered() {
        let lost = #"{"type":"delta","session":"s","request":"r","seq":4,"n":3,"text":"2:7 "}"#
        var talk = Talk(deltas: 3)
        let messages = talk.edit { $0.replaceSubrange(4...5, with: [lost]) }.messages
        #expect(throws: Violation("delta 2 of an answer where 1 was due")) { try judge(messages) }
    }

    @Test func oneByteOfTextThatDiffersMakesAnotherText() throws {
        let one = try judge(Talk(deltas: 5).messages)
        let other = try judge(Talk(deltas: 5).messages.map { $0.replacing("3:7.. ", with: "3:7.~ ") })
        #expect(one.first?.text.count == other.first?.text.count)
        #expect(one.first?.text != other.first?.text)
    }

    @Test func mergedFramesAddUp() throws {
        let head = Array(Talk(deltas: 0).messages.prefix(3))
        let merged =
            #"{"type":"request","session":"s","request":"q","seq":4,"n":0}"# + "\n"
            + #"{"type":"delta","session":"s","request":"r","seq":5,"n":3,"from":2,"text":"0:7 1:7 "}"#
        let tab = TabJudge()
        tab.expect("s")
        for message in head + [merged] { try tab.take(Array(message.utf8).span) }
        #expect(tab["s"]?.position == #"{"epoch":"e","seq":5}"#)
        #expect(tab["s"]?.runningRequests == ["r", "q"])
        let torn = merged.replacing(#""from":2,"#, with: "")
        #expect(throws: Violation.self) { try judge(head + [torn]) }
    }

    @Test func aResumedTabGoesOnWhereItWas() throws {
        let talk = Talk(deltas: 4).messages
        let tab = TabJudge()
        tab.expect("s")
        var outcome: RequestOutcome?
        tab.onOutcome = { outcome = $0 }
        for message in talk.prefix(5) { try tab.take(Array(message.utf8).span) }
        tab.disconnected()
        #expect(throws: Violation.self) { try tab.take(Array(talk[5].utf8).span) }
        let joined = #"{"type":"joined","session":"s","epoch":"e","seq":7,"recovered":true,"tabs":1}"#
        for message in [joined] + talk.dropFirst(5) { try tab.take(Array(message.utf8).span) }
        #expect(outcome?.text.count == 4)
    }

    @Test func aSnapshotTakesThePlaceOfWhatWas() throws {
        let snapshot =
            #"{"type":"joined","session":"s","epoch":"e","seq":9,"recovered":false,"tabs":1,"snapshot":{"messages":["#
            + #"{"role":"user","content":"k","request":"a","at":1},"#
            + #"{"request":"a","role":"assistant","content":"0:5 1:6 ","status":"ended","at":2},"#
            + #"{"role":"user","content":"k2","request":"b","at":1},"#
            + #"{"request":"b","role":"assistant","content":"","status":"failed","error":{"code":"upstream_closed"},"at":2}"#
            + #"],"requests":[{"request":"r","n":3,"input":"{[\"","provider":"p","text":"0:5 1:6 "}]}}"#
        let next = #"{"type":"delta","session":"s","request":"r","seq":10,"n":4,"text":"2:7 "}"#
        let end = #"{"type":"aborted","session":"s","request":"r","seq":11,"n":5,"by":"c"}"#
        let outcomes = try judge(Array(Talk(deltas: 2).messages.prefix(4)) + [snapshot, next, end])
        #expect(outcomes.map(\.request) == ["a", "b", "r"])
        #expect(outcomes.map(\.terminal) == [.ended, .failed("upstream_closed"), .aborted])
        #expect(outcomes.map(\.text.count) == [2, 0, 3])
        #expect(outcomes.map(\.isHistory) == [true, true, false])
    }

    @Test(
        "What breaks the order of a request's frames is caught",
        arguments: [
            #"{"type":"start","session":"s","request":"r","seq":3,"n":2}"#,
            #"{"type":"request","session":"s","request":"r","seq":3,"n":0}"#,
            #"{"type":"delta","session":"s","request":"x","seq":3,"n":0,"text":"0:1 "}"#,
            #"{"type":"delta","session":"s","request":"r","seq":3,"n":2,"text":"0:1"}"#,
            #"{"type":"delta","session":"s","request":"r","seq":3,"n":2,"text":"0:1 1:1 "}"#,
            #"{"type":"delta","session":"t","request":"r","seq":3,"n":2,"text":"0:1 "}"#,
            #"{"type":"joined","session":"s","epoch":"other","seq":9,"recovered":true}"#,
            #"{"type":"joined","session":"s","epoch":"e","seq":1,"recovered":true}"#,
            "", "{", "{}x",
        ])
    func order(line: String) {
        #expect(throws: Violation.self) { try judge(Array(Talk(deltas: 0).messages.prefix(3)) + [line]) }
    }

    @Test func theAgeOfADeltaIsMeasured() throws {
        let tab = TabJudge()
        tab.expect("s")
        let latencies = Latencies()
        tab.latencies = latencies
        for message in Talk(deltas: 0).messages.prefix(3) { try tab.take(Array(message.utf8).span) }
        let stamp = MonotonicClock.now()
        let delta = #"{"type":"delta","session":"s","request":"r","seq":3,"n":2,"text":"0:\#(stamp) "}"#
        try tab.take(Array(delta.utf8).span)
        #expect(latencies.count == 1)
        #expect(latencies.max <= MonotonicClock.now() - stamp)
    }
}
