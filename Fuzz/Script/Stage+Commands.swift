import BridgeTestKit
import Fuzzing

/// What tabs ask for.
extension Stage {
    func command(_ seat: Seat?, _ script: inout Input) {
        guard let seat else { return }
        let session = Self.sessions[script.below(Self.sessions.count)]
        let request = "r\(script.below(32))"
        let ids = #""session":"\#(session)","request":"\#(request)""#
        let prompt = "q/\(session)/\(request)"
        let line =
            switch script.below(12) {
            case 0...2: #"{"type":"chat",\#(ids),"input":"\#(prompt)"}"#
            case 3: #"{"type":"chat",\#(ids),"input":"\#(prompt)","orphan":"abort"}"#
            case 4: #"{"type":"chat",\#(ids),"input":"\#(prompt)","store":false,"model":"m"}"#
            case 5: #"{"type":"chat",\#(ids),"input":"\#(prompt)","replaces":"r\#(script.below(32))"}"#
            case 6:
                #"{"type":"chat",\#(ids),"messages":[{"role":"system","content":"s"},{"role":"user","content":"\#(prompt)"}]}"#
            case 7: #"{"type":"chat",\#(ids),"input":"\#(prompt)/\#(String(repeating: "x", count: 1_000))"}"#
            case 8: #"{"type":"abort",\#(ids)}"#
            case 9: #"{"type":"abort","session":"\#(session)","id":1}"#
            case 10: #"{"type":"leave","session":"\#(session)"}"#
            default: Self.others[script.below(Self.others.count)]
            }
        seat.connection.receive(line)
    }

    /// The last is more than one turn takes.
    private static let others = [
        #"{"type":"models"}"#, #"{"type":"models","upstream":"none"}"#, #"{"type":"hello"}"#, #"{"type":"ping","t":1}"#,
        #"{"type":"x"}"#, "{", String(repeating: #"{"type":"ping"}"# + "\n", count: 300),
    ]

    /// Joins: for the first time or again; with what it knows, or with a position that leads nowhere.
    func join(_ seat: Seat, _ script: inout Input) {
        let session = Self.sessions[script.below(Self.sessions.count)]
        let kind = script.below(4)
        seat.join(session, in: core) { model in
            switch kind {
            case 0: nil
            case 1: #"{"epoch":"\(model.epoch)","seq":\(model.seq + 1_000_000)}"#
            case 2: #"{"epoch":"elsewhere","seq":1}"#
            default: model.position
            }
        }
    }
}
