import BridgeCore
import CurlUpstream
import Providers
import UVLoop

/// `tributary check --live`: every upstream asked at once, on a loop of its own.
enum LiveCheck {
    /// What came of it for one upstream.
    struct Finding {
        var upstream: String
        var isGood: Bool
        /// `52 models`, or why not.
        var words: String
    }

    /// - Parameter patience: how long an upstream may take, in milliseconds.
    static func findings(of configuration: UpstreamConfiguration, patience: UInt64) throws -> [Finding] {
        let loop = try UVLoop()
        let upstream = try CurlUpstream(loop: loop, options: CurlOptions())
        let timers = LoopTimers(loop: loop)
        var left = configuration.upstreams.count
        // Not from within a transfer: the upstream must not be closed there.
        let isOver = loop.makeTimer()
        let checks = configuration.upstreams.map { configured in
            UpstreamCheck(configured.target, at: upstream) {
                left -= 1
                if left == 0 { isOver.start(after: 0) { loop.stop() } }
            }
        }
        for check in checks { check.start(timers, patience: patience) }
        let turnEnd = loop.onTurnEnd { upstream.resumePaused() }
        loop.run()
        turnEnd.close()
        isOver.close()
        timers.close()
        upstream.close()
        _ = loop.close()
        return checks.map(\.finding)
    }

    static func report(_ findings: [Finding]) -> String {
        var table = TextTable(header: ["UPSTREAM", "ANSWERS", ""])
        for finding in findings { table.rows.append([finding.upstream, finding.isGood ? "yes" : "no", finding.words]) }
        return table.text
    }
}
