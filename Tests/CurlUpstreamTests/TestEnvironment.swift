import BridgeTestKit
import Glibc

/// The process's environment. Variables are set before the first transfer and stay: other threads read them at any time.
enum TestEnvironment {
    /// A proxy for every name that no other test uses.
    static let proxy: Result<ScriptedUpstream, any Error> = Result {
        let server = try ScriptedUpstream()
        setenv("no_proxy", "127.0.0.1,localhost,::1,.invalid,\(StalledLookup.host)", 1)
        setenv("http_proxy", server.url, 1)
        setenv("https_proxy", server.url, 1)
        return server
    }

    static func begin() {
        _ = proxy
        StalledLookup.prepareEnvironment()
    }
}
