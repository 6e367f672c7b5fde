import BridgeCore
import Logging

/// Runs the bridge until it is told to stop.
func serve(_ configuration: ServeConfiguration) throws {
    LineLogHandler.bootstrap(configuration.log)
    let logger = Logger(label: "tributary")
    for remark in configuration.remarks { logger.warning("setting", metadata: ["remark": "\(remark)"]) }

    var demo: DemoUpstreamProcess?
    defer { demo?.stop() }
    switch configuration.upstream {
    case .demo:
        let process = DemoUpstreamProcess(log: configuration.log)
        let baseURL = try process.start()
        demo = process
        logger.notice(
            "demo_upstream_started",
            metadata: ["url": "\(baseURL)", "hint": "no upstream was named, answers are made up"])
    case .endpoint(let baseURL, let key):
        logger.info("upstream", metadata: ["url": "\(baseURL)", "key": key == nil ? "none" : "given"])
    }
    throw NotWired()
}

/// The rooms are not connected yet.
struct NotWired: Error, CustomStringConvertible {
    var description: String { "not wired yet: the configuration is fine, but this build has no server in it" }
}
