import BridgeCore
import CMalloc
import ChatProtocol
import Glibc
import Logging
import Providers
import WebSocketServer

/// Runs the bridge until it is told to stop.
func serve(_ configuration: ServeConfiguration) throws {
    LineLogHandler.bootstrap(configuration.log)
    let logger = Logger(label: "tributary")
    for remark in configuration.remarks { logger.warning("setting", metadata: ["remark": "\(remark)"]) }
    setDescriptorLimit(configuration.limits, logger)
    returnMemory()
    prepareSignals()

    var demo: DemoUpstreamProcess?
    defer { demo?.stop() }
    var reload: ConfigurationReader?
    let upstreams: UpstreamConfiguration
    switch configuration.upstream {
    case .demo:
        let process = DemoUpstreamProcess(log: configuration.log)
        demo = process
        let url = try process.start()
        upstreams = try UpstreamConfiguration(
            name: "demo", baseURL: url, key: nil, defaultModel: configuration.defaultModel, models: .builtIn)
        logger.notice(
            "demo_upstream_started",
            metadata: ["url": "\(url)", "hint": "no upstream was named, answers are made up"])
    case .endpoint(let url, let key):
        upstreams = try UpstreamConfiguration(
            name: "default", baseURL: url, key: key, defaultModel: configuration.defaultModel, models: .builtIn)
        logger.info("upstream", metadata: ["url": "\(url)", "key": key == nil ? "none" : "given"])
    case .file(let read, let reader):
        upstreams = read
        reload = reader
        for upstream in read.upstreams {
            logger.info(
                "upstream",
                metadata: [
                    "name": "\(upstream.target.name)", "url": "\(upstream.baseURL)", "key": "\(upstream.keyOrigin)",
                ])
        }
    }

    if configuration.tokenizers == nil {
        logger.info(
            "no_vocabularies",
            metadata: ["hint": "tokens are counted by a factor; scripts/vendor brings OpenAI's vocabularies"])
    }
    let server = try Server(configuration, upstreams: upstreams, reload: reload, logger: logger)
    StandardStream.output.write("tributary listening on \(url(of: server, configuration))\n")
    let status = server.run()
    logger.notice("stopped")
    guard status == 0 else { throw UncleanEnd() }
}

private func url(of server: Server, _ configuration: ServeConfiguration) -> String {
    let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
    return "http://\(host):\(server.port)/"
}

/// Has freed memory go back to the system: glibc would raise the size from which it does that, and keep forty megabytes for two in
/// use. Naming the sizes keeps them as they are (mallopt(3), docs/decisions/0013).
private func returnMemory() {
    mallopt(M_MMAP_THRESHOLD, 128 * 1024)
    // Free memory at the heap's end, from which some is given back: enough for bursts to come and go without asking for it.
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024)
}

/// A process inherits what its parent's thread had blocked (worker threads of many runtimes block everything), and a
/// blocked SIGTERM would never reach the loop. A write to a closed socket is an error to be handled, not a signal.
private func prepareSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    signal(SIGPIPE, SIG_IGN)
}

/// Every tab and every transfer takes a descriptor, and the soft limit is often 1024. It is set to what the limits need, and
/// also *down* to that: libwebsockets 4.1.6 sizes its tables by it, and where it is above ten million ("infinity", in many
/// containers) takes 2,560 instead and then writes beyond them.
private func setDescriptorLimit(_ limits: Limits, _ logger: Logger) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let needed = limits.maxConnections + WebSocketServerOptions().spareSockets + 2 * limits.maxRequests + 256
    let wanted = min(limit.rlim_max, rlim_t(min(needed, 1 << 20)))
    if limit.rlim_cur != wanted {
        limit.rlim_cur = wanted
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return logger.warning("descriptor_limit", metadata: ["error": "\(errno)"])
        }
    }
    if wanted < needed {
        logger.info(
            "descriptor_limit",
            metadata: [
                "allowed": "\(wanted)", "needed": "\(needed)", "hint": "raise ulimit -n, or lower --max-connections",
            ])
    }
}

/// Something was not given back: a bug of ours, said in the exit status so that tests see it.
struct UncleanEnd: Error, CustomStringConvertible {
    var description: String { "the loop ended with handles open" }
}
