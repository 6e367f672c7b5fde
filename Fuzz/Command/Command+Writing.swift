import ByteCoding
import ChatProtocol

extension Command {
    /// The command as a client would write it.
    func written(id: [UInt8]?) -> [UInt8] {
        var line = ObjectWriter()
        line.field("type", name)
        line.field("id", json: id)
        switch self {
        case .hello(let client): line.field("client", client)
        case .leave(let session): line.field("session", session)
        case .join(let session, let after):
            line.field("session", session)
            if let after {
                line.object("after") {
                    $0.field("epoch", after.epoch)
                    $0.field("seq", after.seq)
                }
            }
        case .abort(let session, let request):
            line.field("session", session)
            line.field("request", request)
        case .models(let upstream, let key):
            line.field("upstream", upstream)
            key?.withSecret { line.field("key", $0) }
        case .keyCheck(let upstream, let key):
            line.field("upstream", upstream)
            key.withSecret { line.field("key", $0) }
        case .ping(let time): line.field("t", json: time)
        case .chat(let chat): chat.write(to: &line)
        }
        return line.finish()
    }
}

extension ChatCommand {
    fileprivate func write(to line: inout ObjectWriter) {
        line.field("session", session)
        line.field("request", request)
        switch prompt {
        case .input(let input): line.field("input", json: input)
        case .messages(let messages): line.array("messages", json: messages.map(\.json))
        }
        line.field("model", model)
        line.field("upstream", upstream)
        line.field("params", json: params)
        key?.withSecret { line.field("key", $0) }
        if let context {
            line.object("context") {
                $0.field("max_tokens", context.maxTokens)
                $0.field("keep_system", context.keepsSystem)
            }
        }
        line.field("orphan", orphan.rawValue)
        line.field("replaces", replaces)
        line.field("store", store)
        line.field("epoch", epoch)
    }
}
