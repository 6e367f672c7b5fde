extension ServerProcess {
    /// Starts the program with a configuration file, which stands in `folder` under the name `tributary.yaml`.
    convenience init(
        configuration: String, in folder: TemporaryFolder, _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        let path = try folder.write("tributary.yaml", configuration)
        try self.init(upstream: nil, ["--config", path] + arguments, environment: environment)
    }

    /// One upstream that is asked once for each request, whatever came of those before it: what the upstream does is what tabs
    /// are told.
    static func single(_ baseURL: String) -> String {
        "upstreams: {main: {base_url: \"\(baseURL)\", retry: {attempts: 1}, breaker: {failures: 0}}}"
    }
}
