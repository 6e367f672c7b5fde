import BridgeCore
import CurlUpstream
import Testing
import WebSocketServer

@testable import tributary

@Suite("The wiring")
struct WiringTests {
    @Test("the adapters' limits are the settings', and where nothing was said, their own defaults")
    func limits() throws {
        let silent = try ServeConfiguration(arguments: [], environment: [:])
        let own = WebSocketServerOptions()
        let options = WebSocketServerOptions(silent)
        #expect(options.handshakeTimeout == own.handshakeTimeout && options.closeTimeout == own.closeTimeout)
        #expect(options.maxRequestBytes == own.maxRequestBytes && options.maxFileBytes == own.maxFileBytes)
        #expect(CurlOptions(silent.limits).maxCachedConnections == CurlOptions().maxCachedConnections)
    }

    @Test("every limit that an adapter obeys reaches it")
    func settings() throws {
        let told = try ServeConfiguration(
            arguments: [
                "--max-message-bytes", "2KiB", "--max-header-bytes", "3KiB", "--max-file-bytes", "5KiB",
                "--max-connections", "7", "--max-upstream-connections", "11", "--handshake-timeout", "13s",
                "--close-timeout", "17s", "--ping-interval", "19s", "--peer-timeout", "23s", "--blocked-timeout", "29s",
            ], environment: [:])
        let options = WebSocketServerOptions(told)
        #expect(options.maxMessageBytes == 2048 && options.maxRequestBytes == 3072 && options.maxFileBytes == 5120)
        #expect(options.maxConnections == 7 && CurlOptions(told.limits).maxCachedConnections == 11)
        #expect(options.handshakeTimeout == .seconds(13) && options.closeTimeout == .seconds(17))
        #expect(options.pingInterval == .seconds(19) && options.peerTimeout == .seconds(23))
        #expect(options.blockedTimeout == .seconds(29))
    }
}
