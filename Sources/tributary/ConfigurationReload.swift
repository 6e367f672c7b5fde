import BridgeCore
import Foundation
import Logging
import UVLoop

/// Reads the configuration file again, on a thread of its own (its files may lie on a disk that does not answer), and has the
/// upstreams replaced where it is good. On the loop thread.
final class ConfigurationReload {
    private let reader: ConfigurationReader
    private let logger: Logger
    private let mailbox: Mailbox
    private let use: (UpstreamCatalogue) -> Void
    private var current: UpstreamConfiguration
    private var isReading = false
    /// Asked for while it was being read: what was read may be older than the wish.
    private var isWantedAgain = false

    /// - Parameter use: takes the upstreams for requests that come from now on.
    init(
        _ reader: ConfigurationReader, now current: UpstreamConfiguration, loop: UVLoop, logger: Logger,
        use: @escaping (UpstreamCatalogue) -> Void
    ) throws {
        self.reader = reader
        self.current = current
        self.logger = logger
        self.use = use
        mailbox = try loop.makeMailbox()
    }

    /// Once; a file that is still being read is not heard of any more.
    func close() { mailbox.close() }

    func begin() {
        guard !isReading else {
            isWantedAgain = true
            return
        }
        isReading = true
        let address = Address(reload: self)
        Thread.detachNewThread { [mailbox, reader] in
            let reading = reader.read()
            mailbox.send { address.reload?.end(reading) }
        }
    }

    fileprivate func end(_ reading: ConfigurationReader.Reading) {
        isReading = false
        if let configuration = reading.configuration {
            for problem in reading.problems { logger.warning("configuration", metadata: ["problem": "\(problem)"]) }
            take(configuration)
        } else {
            for problem in reading.problems { logger.error("configuration", metadata: ["problem": "\(problem)"]) }
            logger.error("reload_failed", metadata: ["hint": "the upstreams stay as they were"])
        }
        guard isWantedAgain else { return }
        isWantedAgain = false
        begin()
    }

    private func take(_ configuration: UpstreamConfiguration) {
        let change = ConfigurationChange(from: current, to: configuration)
        current = configuration
        use(configuration.catalogue)
        logger.notice("reloaded", metadata: change.metadata)
    }
}

/// Unchecked: it is carried through the other thread, and looked into by the mailbox's job alone, which runs on the loop. Weak, so
/// that a thread that is late does not let go of what belongs to the loop.
private struct Address: @unchecked Sendable {
    weak var reload: ConfigurationReload?
}
