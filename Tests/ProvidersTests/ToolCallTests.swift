import BridgeTestKit
import Providers
import Testing

@Suite("Tool calls")
struct ToolCallTests {
    private typealias Call = HeardAnswer.ToolCall

    private func calls(_ pieces: String...) -> [HeardAnswer.ToolCall] {
        HeardAnswer.everyWay(pieces.map { "data: \(chunk("{\"tool_calls\":[\($0)]}"))\n\n" }.joined()).toolCalls()
    }

    @Test("pieces with an index are joined, id and name come once")
    func pieces() {
        let answer = HeardAnswer.toEvents(
            chunk(#"{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":""}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"id":"t1","function":{"name":"f","arguments":":1}"}}]}"#))
        #expect(
            answer.deltas == [
                HeardDelta(kind: .toolCall, id: "t1", name: "f"), HeardDelta(kind: .toolCall, content: #"{\"a\""#),
                HeardDelta(kind: .toolCall, content: ":1}"),
            ])
    }

    @Test("parallel calls are told apart by index, in one chunk or in turns")
    func parallel() {
        #expect(
            calls(
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"1"}},{"index":1,"id":"b","function":{"name":"g","arguments":"x"}}"#,
                #"{"index":1,"function":{"arguments":"y"}}"#, #"{"index":0,"function":{"arguments":"2"}}"#)
                == [Call(id: "a", name: "f", arguments: "12"), Call(id: "b", name: "g", arguments: "xy")])
    }

    @Test("a call keeps the index that the server gives it, whichever comes first")
    func indicesStay() {
        let answer = HeardAnswer.toEvents(
            chunk(#"{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"x"}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"1"}}]}"#))
        #expect(answer.deltas.map(\.toolIndex) == [1, 0])
    }

    @Test("another id under the same index is another call")
    func sameIndex() {
        #expect(
            calls(
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"1"}}"#,
                #"{"index":0,"id":"b","function":{"name":"f","arguments":"2"}}"#,
                #"{"index":0,"function":{"arguments":"3"}}"#, #"{"index":0,"id":"a","function":{"arguments":"4"}}"#,
                #"{"index":1,"id":"c","function":{"name":"g","arguments":"5"}}"#)
                == [
                    Call(id: "a", name: "f", arguments: "14"), Call(id: "b", name: "f", arguments: "23"),
                    Call(id: "c", name: "g", arguments: "5"),
                ])
    }

    @Test("without index, an id or a name begins a call, and a bare piece goes on with the last")
    func noIndex() {
        #expect(
            calls(
                #"{"id":"a","function":{"name":"f","arguments":"1"}}"#, #"{"function":{"arguments":"2"}}"#,
                #"{"id":"b","function":{"name":"f","arguments":"3"}}"#, #"{"id":"a","function":{"arguments":"4"}}"#)
                == [Call(id: "a", name: "f", arguments: "124"), Call(id: "b", name: "f", arguments: "3")])
        #expect(
            calls(
                #"{"function":{"name":"f","arguments":"1"}},{"function":{"name":"g","arguments":"2"}}"#,
                #"{"function":{"arguments":"3"}}"#)
                == [Call(name: "f", arguments: "1"), Call(name: "g", arguments: "23")])
    }

    @Test("arguments that are JSON instead of a string of JSON become one")
    func objects() {
        #expect(
            calls(#"{"index":0,"id":"a","function":{"name":"f","arguments":{ "q" : "\"x\"" , "n":[1] }}}"#)
                == [Call(id: "a", name: "f", arguments: #"{"q":"\"x\"","n":[1]}"#)])
        #expect(calls(#"{"index":0,"id":"a","function":{"name":"f","arguments":{}}}"#).first?.arguments == "{}")
    }

    @Test("an id that comes later than its call is still told")
    func lateID() {
        #expect(
            calls(
                #"{"index":0,"function":{"name":"f","arguments":"1"}}"#,
                #"{"index":0,"id":"a","function":{"arguments":"2"}}"#)
                == [Call(id: "a", name: "f", arguments: "12")])
    }

    @Test("the older function_call is the first call, without an id")
    func functionCall() {
        let answer = HeardAnswer.toEvents(
            chunk(#"{"function_call":{"name":"f","arguments":""}}"#), chunk(#"{"function_call":{"arguments":"{}"}}"#),
            chunk("{}", finishReason: "function_call"))
        #expect(answer.toolCalls() == [Call(name: "f", arguments: "{}")])
    }

    @Test("calls of different choices have their own indices")
    func choices() {
        let answer = HeardAnswer.toEvents(
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"a","function":{"name":"f"}}]}},{"index":1,"delta":{"tool_calls":[{"id":"a","function":{"name":"g"}}]}}]}"#
        )
        #expect(answer.toolCalls(choice: 0) == [Call(id: "a", name: "f")])
        #expect(answer.toolCalls(choice: 1) == [Call(id: "a", name: "g")])
        #expect(answer.deltas.allSatisfy { $0.toolIndex == 0 })
    }

    @Test("id and name are escaped as JSON wants it")
    func escaping() {
        #expect(
            calls(#"{"index":0,"id":"a\"b","function":{"name":"f\n","arguments":"x"}}"#) == [
                Call(id: "a\"b", name: "f\n", arguments: "x")
            ])
    }
}
