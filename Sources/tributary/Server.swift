import BridgeCore
import CurlUpstream
import Glibc
import Logging
import Providers
import TokenCounting
import UVLoop
import WebSocketServer

/// The wiring: one loop, the core on it, an adapter on either side, and the way down.
///
/// Everything lives on the thread that makes it and calls `run()`. The order of a loop turn's end is fixed here: transfers that were
/// paused for fairness go on first, since what they deliver belongs into the same flush.
final class Server {
    private let loop: UVLoop
    private let logger: Logger
    private let timers: LoopTimers
    private let node: Node
    private let upstream: CurlUpstream
    private let counting: TokenCounting
    private let web: WebSocketServer
    private let ticker: UVTimer
    private var turnEnd: UVPrepare?
    private var signals: [UVSignal] = []
    /// Reads the configuration again at SIGHUP; nil where there is no file, and SIGHUP ends the process as it does any other.
    private let reload: ConfigurationReload?
    private var isClosing = false

    /// From here on it listens, and a signal is no longer the end of the process: one that comes before `run()` is obeyed
    /// as soon as the loop runs.
    /// - Parameters:
    ///   - upstreams: where answers come from.
    ///   - reader: reads that again; nil where it does not come from a file.
    init(
        _ configuration: ServeConfiguration, upstreams: UpstreamConfiguration, reload reader: ConfigurationReader?,
        logger: Logger
    ) throws {
        self.logger = logger
        loop = try UVLoop()
        timers = LoopTimers(loop: loop)
        ticker = loop.makeTimer()
        // What is open already when the rest cannot be had.
        var opened: [() -> Void] = []
        do {
            upstream = try CurlUpstream(loop: loop, options: CurlOptions(configuration.limits))
            opened.append { [upstream] in upstream.close() }
            let diagnostics = LoggingDiagnostics(logger: logger)
            counting = try TokenCounting(
                loop: loop, folder: configuration.tokenizers ?? ServeConfiguration.tokenizers,
                report: diagnostics.record)
            opened.append { [counting] in counting.close() }
            var generator = SystemRandomNumberGenerator()
            node = Node(
                limits: configuration.limits,
                policy: AccessPolicy(
                    boundHost: configuration.host, hosts: configuration.allowedHosts,
                    origins: configuration.allowedOrigins),
                catalogue: upstreams.catalogue, upstream: upstream, timers: timers, counter: counting,
                diagnostics: diagnostics, random: { generator.next() })
            reload = try reader.map { [loop, node] reader in
                try ConfigurationReload(reader, now: upstreams, loop: loop, logger: logger) { node.catalogue = $0 }
            }
            opened.append { [reload] in reload?.close() }
            web = try WebSocketServer(loop: loop, options: WebSocketServerOptions(configuration), acceptor: node)
            opened.append { [web] in web.close() }
            for number in [SIGTERM, SIGINT] {
                signals.append(try loop.makeSignal(number) { [unowned self] in stop() })
            }
            if let reload { signals.append(try loop.makeSignal(SIGHUP) { reload.begin() }) }
        } catch {
            for close in opened.reversed() { close() }
            throw error
        }
    }

    var port: UInt16 { web.port }

    /// Serves until a signal has ended it. Returns 0 when everything was given back.
    func run() -> Int32 {
        turnEnd = loop.onTurnEnd { [upstream, node] in
            upstream.resumePaused()
            node.flush()
        }
        ticker.start(after: 1_000, repeat: 1_000) { [node] in node.tick() }
        loop.run()
        let status = loop.close()
        if status != 0 { logger.error("unclean_end", metadata: ["open": "\(loop.openHandles.joined(separator: " "))"]) }
        return status
    }

    /// The first signal lets running requests finish; the second ends at once. Until then it goes on listening: whoever
    /// balances the load reads in `/healthz` that it should send nobody any more, and who comes all the same is told where
    /// to go by a `goaway`, not by a refused connection.
    private func stop() {
        guard !node.isDraining else { return close() }
        // Not from within the flush that finds the last request ended: the tabs are to see that first.
        node.drain { [unowned self] in
            let timer = loop.makeTimer()
            timer.start(after: 0) { [unowned self] in close() }
        }
    }

    /// Gives everything back; the loop then has nothing left and ends.
    private func close() {
        guard !isClosing else { return }
        isClosing = true
        node.interruptAll()
        counting.close()
        ticker.close()
        for signal in signals { signal.close() }
        reload?.close()
        web.close()
        upstream.close()
        timers.close()
        turnEnd?.close()
    }
}

extension WebSocketServerOptions {
    init(_ configuration: ServeConfiguration) {
        self.init()
        let limits = configuration.limits
        host = configuration.host
        port = configuration.port
        publicDirectory = configuration.publicDirectory
        maxMessageBytes = limits.maxMessageBytes
        maxConnections = limits.maxConnections
        pingInterval = .milliseconds(limits.pingInterval)
        peerTimeout = .milliseconds(limits.peerTimeout)
        blockedTimeout = .milliseconds(limits.blockedTimeout)
        handshakeTimeout = .milliseconds(limits.handshakeTimeout)
        closeTimeout = .milliseconds(limits.closeTimeout)
        messageTimeout = .milliseconds(limits.messageTimeout)
        maxIncompleteBytes = limits.maxIncompleteBytes
        maxVisitorBytes = limits.maxVisitorBytes
        maxRequestBytes = limits.maxHeaderBytes
        maxFileBytes = limits.maxFileBytes
    }
}

extension CurlOptions {
    init(_ limits: Limits) {
        self.init()
        maxCachedConnections = limits.maxUpstreamConnections
    }
}
