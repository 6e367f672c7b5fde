extension ServerProcess {
    /// Starts the program with a configuration file, which stands in `folder` under the name `tributary.yaml`.
    convenience init(
        configuration: String, in folder: TemporaryFolder, _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        let path = try folder.write("tributary.yaml", configuration)
        try self.init(upstream: nil, ["--config", path] + arguments, environment: environment)
    }
}
