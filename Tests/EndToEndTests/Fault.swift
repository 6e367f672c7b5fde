import BridgeTestKit
import Providers
import Testing

/// A row of the fault table: what goes wrong at an upstream, and what the tabs are told of it.
struct Fault: Sendable, CustomTestStringConvertible {
    /// Where the requests go.
    enum Place: Sendable {
        /// The scripted upstream.
        case scripted
        /// The same, spoken to in TLS, which it does not speak.
        case scriptedTLS
        /// The same behind TLS, with a certificate that nobody vouches for.
        case untrustedTLS
        /// A port where nobody listens.
        case closedPort
        /// A port where nobody takes a connection, and nobody refuses it.
        case deafPort
        /// A host whose name no resolver can ask for: one of its labels is too long (RFC 1035 section 2.3.4).
        case noHost
    }

    var name: String
    var dialect: Dialect = .chatCompletions
    var place = Place.scripted
    /// What was said before; where there is something, the script goes on when a tab has it.
    var said = ""
    /// What the upstream does with the request.
    var script: Script = []
    /// What it does with the connection, in place of waiting for a request.
    var connection: Script?
    /// The upstream's `timeouts` in the file.
    var timeouts = ""
    var verdict: Verdict
    /// A part of the sentence for people.
    var sentence = ""

    var testDescription: String { "\(dialect.rawValue): \(name)" }
}

/// What a terminal `error` frame says to programs.
struct Verdict: Equatable, Sendable {
    /// The provider's own words.
    struct Words: Equatable, Sendable {
        var type: String?
        var code: String?
        var message: String?
    }

    var code: String
    var stage: String
    var retryable: Bool
    var status: Int?
    var retryAfter: Int?
    var words: Words?

    init(
        _ code: String, _ stage: String, retryable: Bool, status: Int? = nil, retryAfter: Int? = nil,
        words: Words? = nil
    ) {
        self.code = code
        self.stage = stage
        self.retryable = retryable
        self.status = status
        self.retryAfter = retryAfter
        self.words = words
    }

    /// Nil where the frame says no failure.
    init?(_ frame: Frame) {
        guard frame.type == "error", let code = frame.code, let stage: String = frame["stage"],
            let retryable: Bool = frame["retryable"]
        else { return nil }
        self.init(code, stage, retryable: retryable, status: frame["status"], retryAfter: frame["retry_after_ms"])
        if frame.object["upstream"] != nil {
            let upstream = frame.object("upstream")
            words = Words(
                type: upstream["type"] as? String, code: upstream["code"] as? String,
                message: upstream["message"] as? String)
        }
    }
}

/// A request that meets a fault, from the program's start to its end.
struct FaultyExchange {
    /// The terminal.
    let end: Frame
    /// What the tab has of the answer.
    let text: String
    /// Types of the request's frames.
    let types: [String]

    init(_ fault: Fault) throws {
        let upstream = try ScriptedUpstream()
        defer { upstream.stop() }
        let bound = try LoopbackSocket.bound()
        defer { bound.close() }
        let deaf = try DeafPort()
        let front = fault.place == .untrustedTLS ? try TLSFront(before: upstream, http2: false) : nil
        let gate = Gate()
        if let connection = fault.connection { upstream.onConnection(connection) }
        upstream.always(
            fault.said.isEmpty
                ? fault.script : AnswerScript(fault.dialect).begun(fault.said) + [.wait(gate)] + fault.script)
        let base =
            switch fault.place {
            case .scripted: upstream.url
            case .scriptedTLS: "https://127.0.0.1:\(upstream.port)"
            case .untrustedTLS: try #require(front).url
            case .closedPort: "http://127.0.0.1:\(bound.port)"
            case .deafPort: "http://127.0.0.1:\(deaf.port)"
            case .noHost: "http://\(String(repeating: "x", count: 64)).invalid"
            }
        let server = try ServerProcess(
            configuration: """
                upstreams:
                  main:
                    dialect: \(fault.dialect.rawValue)
                    base_url: \(base)/v1
                    model: scripted
                    key: {env: UPSTREAM_KEY}
                    retry: {attempts: 1}
                    timeouts: {\(fault.timeouts)}
                """, in: try TemporaryFolder(), ["--max-event-bytes", "64KiB"],
            environment: ["UPSTREAM_KEY": "sk-of-the-server"])
        let tab = try Tab.joined(server.port, session: "s")
        try tab.chat("r")
        if !fault.said.isEmpty { try tab.wait(until: { $0.requests["r"]?.answer == fault.said }) }
        gate.open()
        try tab.waitForEnd(of: "r")
        end = try #require(tab.model.frames.last { $0.request == "r" })
        text = tab.answer("r")
        types = tab.model.frames.filter { $0.request == "r" }.map(\.type)
        #expect(try server.stop() == 0)
        // It ends with its last reference, which the optimiser takes to be the one above.
        withExtendedLifetime(front) {}
    }
}
