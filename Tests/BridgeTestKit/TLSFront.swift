import Foundation
import Glibc

/// nginx in front of a scripted upstream: TLS with a certificate of its own, HTTP/2 where the client asks for it. Without TLS,
/// HTTP/2 from the first byte.
package final class TLSFront {
    private static let nginx = "/usr/sbin/nginx"
    private static let openssl = "/usr/bin/openssl"

    package static var isAvailable: Bool {
        [nginx, openssl].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    package let url: String
    /// The certificate, to be trusted or not.
    package let caFile: String
    private let directory: URL
    private let process = Process()

    package init(before server: ScriptedUpstream, http2: Bool, tls: Bool = true) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tls-front-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        caFile = directory.appending(path: "cert.pem").path
        let request = Process()
        request.executableURL = URL(filePath: Self.openssl)
        request.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
            directory.appending(path: "key.pem").path, "-out", caFile,
        ]
        request.standardError = FileHandle.nullDevice
        try request.run()
        request.waitUntilExit()

        let socket = try LoopbackSocket.bound()
        url = "\(tls ? "https" : "http")://127.0.0.1:\(socket.port)"
        socket.close()
        try Self.configuration(
            port: socket.port, listening: (tls ? ["ssl"] : []) + (http2 ? ["http2"] : []), upstream: server.url
        )
        .write(to: directory.appending(path: "nginx.conf"), atomically: true, encoding: .utf8)
        process.executableURL = URL(filePath: Self.nginx)
        process.arguments = ["-e", "stderr", "-p", directory.path, "-c", "nginx.conf"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        try Self.waitUntilListening(socket.port, process)
    }

    deinit {
        // The test's thread may block every other signal, and the child inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func configuration(port: UInt16, listening words: [String], upstream: String) -> String {
        """
        daemon off; master_process off; pid pid; error_log stderr crit;
        events { }
        http {
            access_log off;
            client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            server {
                listen 127.0.0.1:\(port) \(words.joined(separator: " "));
                ssl_certificate cert.pem; ssl_certificate_key key.pem;
                location / {
                    proxy_pass \(upstream); proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
                    add_header X-Protocol $server_protocol; add_header X-Connection $connection;
                }
            }
        }
        """
    }

    private static func waitUntilListening(_ port: UInt16, _ process: Process) throws {
        struct NotListening: Error {}
        let deadline = Date(timeIntervalSinceNow: 10)
        while process.isRunning, Date() < deadline {
            let descriptor = LoopbackSocket.connecting(to: port)
            defer { close(descriptor) }
            var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&watched, 1, 100) == 1, Int32(watched.revents) & (POLLERR | POLLHUP) == 0 { return }
        }
        throw NotListening()
    }
}
