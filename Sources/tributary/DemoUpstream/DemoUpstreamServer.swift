import FlyingFox
import FlyingSocks
import Foundation
import Glibc
import Logging

/// A small OpenAI-compatible server whose answers are made up. Listens on 127.0.0.1 only.
struct DemoUpstreamServer {
    /// 0 takes a free port.
    let port: UInt16
    let pace: DemoPace

    /// Longest request body, in bytes.
    private static let maxBodyBytes = 32 << 20

    /// Serves until SIGTERM, SIGINT or, where asked, the end of standard input. Call it on the main thread, before there are
    /// others: they inherit the blocked signals, so that only the wait here receives them.
    func run(exitWithStdin: Bool) throws {
        signal(SIGPIPE, SIG_IGN)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        if exitWithStdin { Thread.detachNewThread(Self.endWithStdin) }
        Task {
            do {
                try await serve()
            } catch {
                StandardStream.error.write("Error: cannot serve on 127.0.0.1:\(port): \(error.localizedDescription)\n")
                exit(EXIT_FAILURE)
            }
        }
        var received: Int32 = 0
        sigwait(&signals, &received)
    }

    private func serve() async throws {
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
        await addRoutes(to: server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                try await server.waitUntilListening()
                guard case .ip4(_, let port)? = await server.listeningAddress else { return }
                StandardStream.output.write("demo upstream listening on http://127.0.0.1:\(port)/v1\n")
            }
            while try await group.next() != nil {}
        }
    }

    private static func endWithStdin() {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        kill(getpid(), SIGTERM)
    }

    // MARK: Routes

    private func addRoutes(to server: HTTPServer) async {
        await server.appendRoute("GET /healthz") { _ in
            HTTPResponse(statusCode: .ok, headers: [.contentType: "text/plain"], body: Data("ok\n".utf8))
        }
        await server.appendRoute("GET /v1/models") { _ in Self.models() }
        await server.appendRoute("POST /v1/chat/completions") { await complete($0) }
        await server.appendRoute("*") { request in
            Self.refuse(
                DemoError(status: 404, message: "Unknown request URL: \(request.method.rawValue) \(request.path)."))
        }
    }

    private func complete(_ request: HTTPRequest) async -> HTTPResponse {
        do throws(DemoError) {
            let body = try await Self.body(of: request)
            let chat = try DemoRequest(json: body)
            if let refusal = chat.model.refusal { throw refusal }
            let frame = DemoFrame(
                id: "chatcmpl-\(Self.newID())", created: Int64(Date().timeIntervalSince1970), model: chat.model)
            let script = DemoScript(for: chat, frame: frame, pace: pace)
            let answer = DemoBody(
                script: script, exchange: DemoExchange(id: frame.id, model: chat.model, isStreamed: chat.isStreamed),
                peer: request.remoteAddress)
            guard let length = script.contentLength else {
                return HTTPResponse(
                    statusCode: .ok,
                    headers: [.contentType: "text/event-stream", HTTPHeader("Cache-Control"): "no-cache"],
                    body: HTTPBodySequence(from: answer, suggestedBufferSize: 1 << 16))
            }
            return HTTPResponse(
                statusCode: .ok, headers: [.contentType: "application/json"],
                body: HTTPBodySequence(from: answer, count: length, suggestedBufferSize: 1 << 16))
        } catch {
            return Self.refuse(error)
        }
    }

    private static func body(of request: HTTPRequest) async throws(DemoError) -> Data {
        var body = Data()
        do {
            for try await piece in request.bodySequence {
                body.append(piece)
                if body.count > maxBodyBytes { break }
            }
        } catch {
            throw .badRequest("The body could not be read.")
        }
        guard body.count <= maxBodyBytes else {
            throw DemoError(status: 413, message: "The body is longer than \(maxBodyBytes) bytes.")
        }
        return body
    }

    private static func refuse(_ error: DemoError) -> HTTPResponse {
        Logger(label: "demo-upstream").info("demo_answer_refused", metadata: ["status": "\(error.status)"])
        var headers: HTTPHeaders = [.contentType: "application/json"]
        if let seconds = error.retryAfter { headers[HTTPHeader("Retry-After")] = "\(seconds)" }
        return HTTPResponse(
            statusCode: HTTPStatusCode(error.status, phrase: phrase(error.status)), headers: headers,
            body: Data(error.json.utf8))
    }

    private static func models() -> HTTPResponse {
        let models = DemoModel.allCases.map {
            "{\"id\":\"\($0.rawValue)\",\"object\":\"model\",\"created\":1760000000,\"owned_by\":\"tributary\"}"
        }
        let json = "{\"object\":\"list\",\"data\":[\(models.joined(separator: ","))]}"
        return HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: Data(json.utf8))
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 404: "Not Found"
        case 413: "Payload Too Large"
        case 429: "Too Many Requests"
        default: "Internal Server Error"
        }
    }

    private static func newID() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
