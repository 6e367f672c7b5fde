import BridgeTestKit
import Foundation
import Testing

/// Keys go to the upstreams they are for, and nowhere else, whatever the upstreams do with them.
@Suite("Keys")
struct KeySecrecyTests {
    @Test("are found, whole or in pieces, where they are: the search of these tests sees them")
    func search() {
        let key = MarkedKey(1)
        let search = KeySearch([key])
        let middle = String(key.text.dropFirst(10).prefix(8))
        for text in [
            key.text, "…\(key.text)…", key.escaped, key.halfEscaped, middle,
            key.escaped.replacing(#"\"#, with: #"\\"#), "\\\"\(key.halfEscaped)\\\"",
        ] { #expect(search.trace(in: text) != nil, "\(text)") }
        #expect(search.trace(in: String(key.text.prefix(7))) == nil && search.trace(in: MarkedKey(2).text) == nil)
    }

    @Test(
        "are in no frame, no log line, no HTTP answer and no snapshot, however an upstream repeats them",
        arguments: ["text", "json"])
    func echoes(logFormat: String) throws {
        let stage = try KeyStage(logFormat: logFormat)
        let port = stage.server.port
        let tab = try Tab.joined(port, session: "s")
        let witness = try Tab.joined(port, session: "s")
        var asked = 0
        for upstream in KeyStage.upstreams {
            for echo in KeyEcho.allCases {
                for own in [nil, stage.clientKeys[upstream.name]] {
                    let id = "\(upstream.name)-\(echo.rawValue)-\(own == nil ? "server" : "client")"
                    let key = own.map { #","key":"\#($0.text)""# } ?? ""
                    try chat(tab, id, echo, more: #","upstream":"\#(upstream.name)"\#(key)"#)
                    try tab.waitForEnd(of: id)
                    asked += 1
                }
            }
            try questions(tab, upstream.name, try #require(stage.clientKeys[upstream.name]))
        }
        try witness.wait(until: { $0.requests.values.count { $0.terminal != nil } == asked })
        #expect(stage.misplacedKeys().isEmpty, "\(stage.misplacedKeys().prefix(3))")
        let values = Set(stage.scripted.requests.flatMap { request in request.headers.map(\.value) })
        for key in stage.keys where key.text != stage.newKey.text {
            #expect(values.contains { $0.hasSuffix(key.text) }, "it has been used")
        }

        // The page is loaded again; the configuration is, too.
        let late = try Tab.joined(port, session: "s")
        try stage.folder.write("chat.key", stage.newKey.text)
        stage.server.kill(with: SIGHUP)
        try stage.server.wait(for: "the reload") { stage.server.log.contains("reloaded") }
        try chat(tab, "again", .error)
        try tab.waitForEnd(of: "again")
        #expect(stage.scripted.requests.last?["authorization"] == "Bearer \(stage.newKey.text)")
        let latest = try Tab.joined(port, session: "s")

        try mistakes(stage, port)
        for (name, tab) in [("a tab", tab), ("a witness", witness), ("a reload", late), ("a last reload", latest)] {
            stage.note(name, tab)
        }
        #expect(try stage.server.stop() == 0)
        let log = stage.server.log
        #expect(log.count > 10_000, "there is a log to be searched")
        stage.note("the log", log)
        let leaks = stage.leaks()
        #expect(leaks.isEmpty, "\(leaks.count) leaks: \(leaks.prefix(5).joined(separator: "\n"))")
    }

    /// With an input, so that the turn stays in the transcript.
    private func chat(_ tab: Tab, _ request: String, _ echo: KeyEcho, more: String = "") throws {
        try tab.send(
            #"{"type":"chat","session":"s","request":"\#(request)","input":"hi","model":"\#(echo.modelName)"\#(more)}"#)
    }

    /// What is asked of an upstream beside chats.
    private func questions(_ tab: Tab, _ upstream: String, _ key: MarkedKey) throws {
        let id = "\(upstream)-q"
        for (index, command) in [
            #""type":"models","upstream":"\#(upstream)""#,
            #""type":"models","upstream":"\#(upstream)","key":"\#(key.text)""#,
            #""type":"key.check","upstream":"\#(upstream)","key":"\#(key.text)""#,
        ].enumerated() {
            try tab.send(#"{\#(command),"id":"\#(id)\#(index)"}"#)
            let answer = try tab.wait { $0["id"] == "\(id)\(index)" }
            #expect(["models", "key", "error"].contains(answer.type), "\(answer)")
        }
    }

    /// Keys that stand where they should not, or are none.
    private func mistakes(_ stage: KeyStage, _ port: UInt16) throws {
        let key = stage.newKey.text
        let tab = try Tab.joined(port, session: "s")
        for text in [
            #"{"type":"chat","session":"s","request":"m1","input":"hi","key":"\#(key) and more"}"#,
            #"{"type":"chat","session":"s","request":"m2","input":"hi","key":["\#(key)"]}"#,
            #"{"type":"chat","session":"s","request":"m3","input":"hi","upstream":"nowhere","key":"\#(key)"}"#,
            #"{"type":"key.check","key":{"\#(key)":"\#(key)"}}"#, #"{"type":"key.check","key":""}"#,
            #"{"type":"key.check","upstream":"nowhere","key":"\#(key)"}"#,
            #"{"type":"models","upstream":"nowhere","key":"\#(key)"}"#,
            #"{"type":"hello","token":"\#(key)"}"#, #"{"type":"key.check","key":"\#(key)""#,
            #"{"type":"key.check","key":"\#(key)\u0000"}"#,
        ] { try tab.send(text) }
        // Commands are answered in order.
        try tab.send(#"{"type":"ping"}"#)
        try tab.wait { $0.type == "pong" }
        #expect(tab.answers.filter { $0.type == "error" }.count >= 8)
        stage.note("answers to mistakes", tab)
        for path in ["/healthz", "/", "/v1/ws", "/nothing", "/metrics", "/v1/models"] {
            let response = try HTTPExchange.get(
                "\(path)?token=\(key)", port: port,
                headers: [(name: "Authorization", value: "Bearer \(key)"), (name: "Cookie", value: "key=\(key)")])
            stage.note("HTTP \(path)", response)
        }
    }

    @Test("are in nothing that tributary check says, of good files and bad ones, with and without --live")
    func check() throws {
        let stage = try KeyStage(logFormat: "text")
        let environment = KeyStage.environment(stage.serverKeys)
        let path = "\(stage.folder.path)/tributary.yaml"
        for arguments in [[], ["--live"]] {
            let outcome = try BuiltProgram.run(["check", "--config", path] + arguments, environment: environment)
            #expect(outcome.status == (arguments.isEmpty ? 0 : 1), "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("gateway"))
            stage.note("check \(arguments)", outcome.output + outcome.errors)
        }
        #expect(stage.scripted.requests.count == KeyStage.upstreams.count)
        #expect(stage.misplacedKeys().isEmpty, "\(stage.misplacedKeys().prefix(3))")
        let key = try #require(stage.serverKeys["chat"]).text
        let bad = """
            default: \(key)
            upstreams:
              a: {base_url: "\(key)", key: "\(key)", headers: {Authorization: "Bearer \(key)"}}
              b: {preset: "\(key)", key: {inline: "\(key)"}, proxy: "http://u:\(key)@h", models: {x: "\(key)"}}
              d: {preset: gemini, base_url: "https://h/v1beta?key=\(key)"}
              e: {preset: azure, base_url: "https://h/?api-version=1&key=\(key)", key_header: "\(key)"}
              c: {base_url: "http://u:\(key)@h/v1", key: {env: "\(key)"}, ca_file: "\(key)"}
            """
        let outcome = try BuiltProgram.run(
            ["check", "--config", try stage.folder.write("bad.yaml", bad)], environment: environment)
        #expect(outcome.status == 1 && outcome.errors.split(separator: "\n").count > 5)
        stage.note("check of a bad file", outcome.output + outcome.errors)
        let leaks = stage.leaks()
        #expect(leaks.isEmpty, "\(leaks.prefix(5).joined(separator: "\n"))")
    }
}
