import ByteCoding

/// The members of all commands, as far as they are there. Unknown members are skipped.
struct CommandFields {
    var type: String?
    var id: [UInt8]?
    var session: String?
    var request: String?
    var after: Position?
    var messages: [Message]?
    var input: [UInt8]?
    var params: [UInt8]?
    var model: String?
    var upstream: String?
    var key: APIKey?
    var client: String?
    var epoch: String?
    var replaces: String?
    var orphan: String?
    var store: Bool?
    var time: [UInt8]?
    var context: ChatCommand.Context?
    /// The first thing that is wrong.
    var problem: CommandError?

    var validSession: String? { session.flatMap { Identifier.isValid($0) ? $0 : nil } }
    var validRequest: String? { request.flatMap { Identifier.isValid($0) ? $0 : nil } }

    mutating func read(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, is: "type") {
                type = try string("type", from: &reader)
            } else if reader.key(key, is: "id") {
                id = try echo("id", from: &reader)
            } else if reader.key(key, is: "session") {
                session = try string("session", from: &reader)
            } else if reader.key(key, is: "request") {
                request = try string("request", from: &reader)
            } else if reader.key(key, is: "after") {
                after = try position(from: &reader)
            } else if reader.key(key, is: "messages") {
                messages = try messageList(from: &reader)
            } else if reader.key(key, is: "input") {
                input = try inputValue(from: &reader)
            } else if reader.key(key, is: "params") {
                params = try value("params", of: .object, from: &reader)
            } else if reader.key(key, is: "model") {
                model = try string("model", from: &reader)
            } else if reader.key(key, is: "upstream") {
                upstream = try string("upstream", from: &reader)
            } else if reader.key(key, is: "key") {
                self.key = try apiKey(from: &reader)
            } else if reader.key(key, is: "client") {
                client = try string("client", from: &reader)
            } else if reader.key(key, is: "epoch") {
                epoch = try string("epoch", from: &reader)
            } else if reader.key(key, is: "replaces") {
                replaces = try string("replaces", from: &reader)
            } else if reader.key(key, is: "orphan") {
                orphan = try string("orphan", from: &reader)
            } else if reader.key(key, is: "store") {
                store = try flag("store", from: &reader)
            } else if reader.key(key, is: "t") {
                time = try echo("t", from: &reader)
            } else if reader.key(key, is: "context") {
                context = try contextValue(from: &reader)
            } else {
                try reader.skipValue()
            }
        }
    }
}
