@testable import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("Which upstream is asked")
struct UpstreamChoiceTests {
    private let targets: [UpstreamTarget] = [
        .fake("first", defaultModel: "usual", models: ["gpt-*", "o3"]),
        .fake("second", defaultModel: "other", models: ["claude-*", "gpt-4o", "*:free"]),
        .fake("third"),
    ]

    /// `upstream/model` of the newest transfer and of the `request` frame, which must say the same.
    private func asked(_ member: String) throws -> String {
        let core = CoreFixture(targets: targets)
        let tab = try core.tab()
        let frames = try tab.chat("r", "x", in: "s", member)
        let request = try #require(frames.of("request").first, "\(frames)")
        let host = core.upstream.last.request.url.split(separator: "/")[1].split(separator: ".")[0]
        let upstream: String? = request["upstream"]
        #expect(upstream == String(host))
        let model: String = request["model"] ?? "-"
        let sent = try #require(Frame(core.upstream.last.body))
        #expect((sent["model"] ?? "-") == model)
        return "\(host)/\(model)"
    }

    @Test(
        "by its name, by the model, or the default",
        arguments: [
            ("", "first/usual"), (#""upstream":"second""#, "second/other"), (#""upstream":"third""#, "third/-"),
            (#""model":"o3""#, "first/o3"), (#""model":"gpt-5""#, "first/gpt-5"),
            (#""model":"claude-x""#, "second/claude-x"), (#""model":"gpt-4o""#, "second/gpt-4o"),
            (#""model":"llama:free""#, "second/llama:free"), (#""model":"gpt-4o:free""#, "first/gpt-4o:free"),
            (#""model":"nobody-lists-it""#, "first/nobody-lists-it"),
            (#""upstream":"second","model":"gpt-5""#, "second/gpt-5"),
            (#""upstream":"third","model":"o3""#, "third/o3"),
        ])
    func choice(_ member: String, _ expected: String) throws {
        #expect(try asked(member) == expected)
    }

    @Test("an unknown upstream is a bad_request that names those there are")
    func unknown() throws {
        let tab = try CoreFixture(targets: targets).tab()
        let error = try #require(try tab.chat("r", "x", in: "s", #""upstream":"nope""#).first)
        #expect(error.code == "bad_request" && error["field"] == "upstream")
        let message: String? = error["message"]
        #expect(message?.contains("first, second, third") == true)
    }

    @Test(
        "a star stands for anything, also for nothing, and nothing else does",
        arguments: [
            ("*", "", true), ("*", "a", true), ("a*", "a", true), ("a*", "ba", false), ("*a", "banana", true),
            ("*a", "bananas", false), ("a*b*c", "a-b-b-c", true), ("a*b*c", "abcx", false), ("**a**", "xax", true),
            ("a?c", "abc", false), ("", "", true), ("", "a", false), ("gpt-4o", "GPT-4o", false), ("ü*", "üx", true),
        ])
    func pattern(_ pattern: String, _ name: String, _ matches: Bool) {
        #expect(ModelPattern(pattern).matches(name) == matches)
    }

    @Test("a pattern that nearly matches in many ways is refused in good time")
    func hostilePattern() {
        let pattern = ModelPattern(String(repeating: "a*", count: 40) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: ChatCommand.maxModelBytes)))
    }
}

@Suite("Where a request goes when its upstream has failed it")
struct FallbackStepTests {
    private func steps(
        _ targets: [UpstreamTarget], key: String? = nil, model: String? = nil, upstream: String? = nil
    ) throws -> [String] {
        let chat = ChatCommand(
            session: "s", request: "r", prompt: .input(Array(#""x""#.utf8)), model: model, upstream: upstream,
            key: key.flatMap { APIKey($0) })
        return try RequestPlan.steps(for: chat, in: UpstreamCatalogue(targets)).map { step in
            let key = step.key.map { $0.withSecret { ":\($0)" } } ?? ""
            return "\(step.target.name)/\(step.model ?? "-")\(key)"
        }
    }

    @Test("its fallbacks in order, each once; those of a fallback do not count, nor does one that is not there")
    func order() throws {
        let targets: [UpstreamTarget] = [
            .fake(
                "a", defaultModel: "m",
                fallbacks: [
                    .init(upstream: "b"), .init(upstream: "gone"), .init(upstream: "a"),
                    .init(upstream: "a", model: "small"),
                    .init(upstream: "b", model: "own"), .init(upstream: "b"),
                ]),
            .fake("b", defaultModel: "own", fallbacks: [.init(upstream: "c"), .init(upstream: "a")]),
            .fake("c"),
        ]
        #expect(try steps(targets) == ["a/m", "b/own", "a/small"])
        #expect(try steps(targets, model: "x") == ["a/x", "b/own", "a/m", "a/small"])
    }

    @Test("a request's own key goes to the upstream it was meant for and to no other")
    func keys() throws {
        let targets: [UpstreamTarget] = [
            .fake(
                "a", key: "server-a",
                fallbacks: [
                    .init(upstream: "a", model: "small"), .init(upstream: "own"), .init(upstream: "either"),
                    .init(upstream: "server"), .init(upstream: "none"),
                ]),
            .fake("own", keyPolicy: .client), .fake("either", key: "e", keyPolicy: .either),
            .fake("server", key: "s", keyPolicy: .server), .fake("none"),
        ]
        #expect(try steps(targets, key: "mine") == ["a/-:mine", "a/small:mine", "either/-:e", "server/-:s", "none/-"])
        #expect(try steps(targets) == ["a/-:server-a", "a/small:server-a", "either/-:e", "server/-:s", "none/-"])
    }

    @Test("with several upstreams a request's own key goes to none for a model that nobody is known to serve")
    func guesses() throws {
        let targets: [UpstreamTarget] = [.fake("a", models: ["gpt-*"]), .fake("b", models: ["claude-*"]), .fake("c")]
        #expect(try steps(targets, key: "mine", model: "claude-9") == ["b/claude-9:mine"])
        #expect(try steps(targets, key: "mine") == ["a/-:mine"])
        #expect(try steps(targets, model: "llama") == ["a/llama"])
        #expect(try steps(targets, key: "mine", model: "llama", upstream: "c") == ["c/llama:mine"])
        #expect(try steps([targets[0]], key: "mine", model: "llama") == ["a/llama:mine"])
        let tab = try CoreFixture(targets: targets).tab()
        let error = try #require(try tab.chat("r", "x", in: "s", #""model":"llama","key":"mine""#).first)
        #expect(error.code == "bad_request" && error["field"] == "upstream" && error["retryable"] == false)
        let message: String? = error["message"]
        #expect(message?.contains("a, b, c") == true && message?.contains("mine") == false)
        // The server's own key is where its configuration puts it.
        let policed: [UpstreamTarget] = [.fake("a", key: "s", keyPolicy: .server), .fake("b", models: ["claude-*"])]
        #expect(try steps(policed, model: "llama") == ["a/llama:s"])
        // It may have been meant for the other.
        #expect(throws: CommandError.self) { try steps(policed, key: "mine", model: "llama") }
    }

    @Test(
        "where the others take no keys but the server's it was meant for the default", arguments: ["either", "client"])
    func meant(policy: String) throws {
        let targets: [UpstreamTarget] = [
            .fake("a", keyPolicy: policy == "client" ? .client : .either), .fake("b", key: "b", keyPolicy: .server),
            .fake("c", key: "c", keyPolicy: .server),
        ]
        #expect(try steps(targets, key: "mine", model: "llama") == ["a/llama:mine"])
    }

    @Test("they are bounded")
    func bounded() throws {
        let names = (0..<50).map { "u\($0)" }
        let first = UpstreamTarget.fake("first", fallbacks: names.map { .init(upstream: $0) })
        #expect(try steps([first] + names.map { .fake($0) }).count == RequestPlan.maxSteps)
    }
}

@Suite("Whose key goes along")
struct KeyPolicyTests {
    private func chat(_ policy: UpstreamTarget.KeyPolicy, configured: String?, own: String?) throws -> (
        CoreFixture, [Frame]
    ) {
        let core = CoreFixture(targets: [.fake("u", key: configured, keyPolicy: policy)])
        let tab = try core.tab()
        return (core, try tab.chat("r", "x", in: "s", own.map { #""key":"\#($0)""# } ?? ""))
    }

    private func sent(_ core: CoreFixture) -> String? { core.upstream.last.request.key?.withSecret { $0 } }

    @Test("server: the configured one; a request's own is refused")
    func server() throws {
        #expect(sent(try chat(.server, configured: "ours", own: nil).0) == "ours")
        let (core, frames) = try chat(.server, configured: "ours", own: "mine")
        #expect(frames.map(\.code) == ["bad_request"] && frames[0]["field"] == "key")
        #expect(!frames[0].description.contains("mine") && core.upstream.transfers.isEmpty)
    }

    @Test("client: the request's own; without one it is missing, before anything has begun")
    func client() throws {
        #expect(sent(try chat(.client, configured: nil, own: "mine").0) == "mine")
        #expect(sent(try chat(.client, configured: "ours", own: "mine").0) == "mine")
        let (core, frames) = try chat(.client, configured: "ours", own: nil)
        #expect(frames.map(\.code) == ["missing_key"] && core.upstream.transfers.isEmpty)
        #expect(frames.first?["field"] == "key", "for who wrote the client; the sentence is for who uses it")
    }

    @Test("either: the request's own, or else the configured one, or none")
    func either() throws {
        #expect(sent(try chat(.either, configured: "ours", own: "mine").0) == "mine")
        #expect(sent(try chat(.either, configured: "ours", own: nil).0) == "ours")
        #expect(sent(try chat(.either, configured: nil, own: nil).0) == nil)
    }
}
