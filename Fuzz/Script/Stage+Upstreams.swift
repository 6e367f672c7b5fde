import ByteCoding
import Fuzzing

/// What upstreams answer.
extension Stage {
    func play(_ role: Role, _ script: inout Input) {
        let kind = script.below(16)
        let held = script.below(256) < 200 ? 0 : script.below(40)
        guard role.request != nil else { return list(role, kind: kind) }
        switch kind {
        case 0: role.answer(status: [200, 429, 401, 500][script.below(4)])
        case 1: role.say(#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n", held: held)
        case 2: role.say("data: [DONE]\n\n", held: held)
        case 3: role.say(#"data: {"error":{"message":"overloaded"}}"# + "\n\n", held: held)
        case 4:
            let usage = #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#
            role.say("data: \(usage)\n\n", held: held)
        case 5:
            let arguments = words(&script)
            let index = script.below(3)
            let call = #"{"index":\#(index),"id":"t\#(index)","function":{"name":"f","arguments":"\#(arguments)"}}"#
            role.say(event(#""tool_calls":[\#(call)]"#, choice: 0), held: held)
        case 6: role.say(event(#""reasoning":"\#(words(&script))""#, choice: 0), held: held)
        case 7: role.say(event(#""refusal":"\#(words(&script))""#, choice: 1), held: held)
        case 8:
            let text = String(decoding: script.next(script.below(60)), as: UTF8.self)
            role.say(text, held: held)
        case 9:
            let many = (0..<script.below(40)).map { event(#""content":"word \#($0) ""#, choice: 0) }
            role.say(many.joined(), held: held)
        default: role.say(event(#""content":"\#(words(&script))""#, choice: script.below(8) == 0 ? 1 : 0), held: held)
        }
    }

    /// Models, or what should have been some.
    private func list(_ role: Role, kind: Int) {
        role.answer(status: kind == 0 ? 401 : 200)
        let bodies = ["", "{", #"{"data":[]}"#, #"{"data":[{"id":"m","created":1,"owned_by":"o"}]}"#, "no list"]
        role.say(bodies[kind % bodies.count], held: 0)
        role.end()
    }

    /// A few characters of the script's own, as the content of a JSON string.
    private func words(_ script: inout Input) -> String {
        let bytes = Array(script.next(1 + script.below(12)))
        var content: [UInt8] = []
        content.append(escaping: bytes.span)
        return String(decoding: content, as: UTF8.self)
    }

    private func event(_ delta: String, choice: Int) -> String {
        #"data: {"id":"c1","model":"fake","choices":[{"index":\#(choice),"delta":{\#(delta)}}]}"# + "\n\n"
    }
}
