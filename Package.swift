// swift-tools-version: 6.2
import PackageDescription

/// The guards every room lives under; `scripts/check-guards` proves that each one rejects a violation.
let guards: [SwiftSetting] = [
    // The compiler proves exclusive access at build time everywhere; what it can only check at run time, debug builds check, in
    // which the tests run. It is a fifth of a delta's instructions (docs/decisions/0008).
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Quiet rooms have no pointers: every unsafe construct has to be marked.
let quiet: [SwiftSetting] =
    guards + [
        .strictMemorySafety(),
        .enableExperimentalFeature("Lifetimes"),
    ]

let package = Package(
    name: "tributary",
    products: [.executable(name: "tributary", targets: ["tributary"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // Doors: a module map and a shim header each, no logic.
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CLibwebsockets", pkgConfig: "libwebsockets",
            providers: [.apt(["libwebsockets-dev", "libwebsockets-evlib-uv"])]),

        // Quiet rooms: bytes in, values out.
        .target(name: "ByteCoding", swiftSettings: quiet),
        .target(name: "EventStream", dependencies: ["ByteCoding"], swiftSettings: quiet),
        .target(name: "ChatProtocol", dependencies: ["ByteCoding"], swiftSettings: quiet),
        .target(name: "Providers", dependencies: ["ByteCoding", "EventStream"], swiftSettings: quiet),
        .target(name: "Tokenizer", dependencies: ["ByteCoding"], swiftSettings: quiet),
        .target(
            name: "BridgeCore", dependencies: ["ByteCoding", "ChatProtocol", "Providers", "Tokenizer"],
            swiftSettings: quiet),

        // The loop.
        .target(name: "UVLoop", dependencies: ["CLibuv"], swiftSettings: guards),

        // Adapters: they know the core and the loop, never each other.
        .target(
            name: "CurlUpstream",
            dependencies: ["BridgeCore", "CLibcurl", "CLibuv", "ChatProtocol", "Providers", "UVLoop"],
            swiftSettings: guards),
        .target(
            name: "WebSocketServer",
            dependencies: ["BridgeCore", "ChatProtocol", "CLibuv", "CLibwebsockets", "UVLoop"],
            swiftSettings: guards),

        // The root: configuration and wiring.
        .executableTarget(
            name: "tributary",
            dependencies: [
                "BridgeCore", "ByteCoding", "CMalloc", "ChatProtocol", "CurlUpstream", "Providers", "TokenCounting",
                "Tokenizer", "UVLoop", "WebSocketServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("Data/models.json")],
            swiftSettings: guards),

        // Tests: one target a room.
        .target(
            name: "BridgeTestKit",
            dependencies: ["BridgeCore", "ByteCoding", "ChatProtocol", "EventStream", "Providers", "Tokenizer"],
            path: "Tests/BridgeTestKit", swiftSettings: guards),
        .testTarget(name: "ByteCodingTests", dependencies: ["BridgeTestKit", "ByteCoding"], swiftSettings: guards),
        .testTarget(name: "EventStreamTests", dependencies: ["BridgeTestKit", "EventStream"], swiftSettings: guards),
        .testTarget(
            name: "ProvidersTests", dependencies: ["BridgeTestKit", "ByteCoding", "EventStream", "Providers"],
            swiftSettings: guards),
        .testTarget(
            name: "ChatProtocolTests", dependencies: ["BridgeTestKit", "ByteCoding", "ChatProtocol"],
            swiftSettings: guards),
        .testTarget(
            name: "BridgeCoreTests",
            dependencies: ["BridgeCore", "BridgeTestKit", "ByteCoding", "ChatProtocol", "Providers", "Tokenizer"],
            swiftSettings: guards),
        .testTarget(name: "UVLoopTests", dependencies: ["BridgeTestKit", "UVLoop"], swiftSettings: guards),
        .testTarget(
            name: "CurlUpstreamTests",
            dependencies: [
                "BridgeCore", "BridgeTestKit", "CLibcurl", "ChatProtocol", "CurlUpstream", "Providers", "UVLoop",
            ],
            swiftSettings: guards),
        .testTarget(
            name: "WebSocketServerTests",
            dependencies: ["BridgeCore", "BridgeTestKit", "ChatProtocol", "UVLoop", "WebSocketServer"],
            swiftSettings: guards),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "BridgeCore", "BridgeTestKit", "ChatProtocol", "CurlUpstream", "Providers", "Tokenizer",
                "WebSocketServer", "tributary",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: guards),

        // Beside the house: built with it, not part of the product.
        .executableTarget(
            name: "echo",
            dependencies: [
                "BridgeCore", "ChatProtocol", "UVLoop", "WebSocketServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Examples/echo", swiftSettings: guards),
        .executableTarget(
            name: "micro-bench",
            dependencies: [
                "BridgeCore", "BridgeTestKit", "ByteCoding", "ChatProtocol", "EventStream", "Providers", "Tokenizer",
            ],
            path: "Benchmarks/Micro", exclude: ["measure.py", "thresholds.json"], swiftSettings: guards),
        // Load tools: what measures the server from outside, and the soak.
        .target(
            name: "LoadKit", dependencies: ["UVLoop"], path: "Benchmarks/LoadKit", swiftSettings: guards),
        .executableTarget(
            name: "tributary-soak",
            dependencies: [
                "BridgeTestKit", "LoadKit", "UVLoop",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Soak", swiftSettings: guards),
        .testTarget(
            name: "LoadKitTests", dependencies: ["BridgeTestKit", "LoadKit", "UVLoop"], swiftSettings: guards),

        // The benchmark that any user can run (scripts/bench); no product.
        .executableTarget(
            name: "tributary-bench",
            dependencies: ["LoadKit", "UVLoop", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Benchmarks/Bench", swiftSettings: guards),
        .testTarget(name: "BenchTests", dependencies: ["LoadKit", "tributary-bench"], swiftSettings: guards),

        // Counting of tokens, and the adapter that does so off the loop.
        .testTarget(
            name: "TokenizerTests", dependencies: ["BridgeTestKit", "ByteCoding", "Tokenizer"], exclude: ["Oracle"],
            swiftSettings: guards),
        .target(
            name: "TokenCounting", dependencies: ["BridgeCore", "ByteCoding", "Tokenizer", "UVLoop"],
            swiftSettings: guards),
        .testTarget(
            name: "TokenCountingTests",
            dependencies: ["BridgeCore", "BridgeTestKit", "TokenCounting", "Tokenizer", "UVLoop"],
            swiftSettings: guards),
    ],
    swiftLanguageModes: [.v6]
)

/// A fuzz target `Fuzz/NAME`; everything it links is instrumented, so `scripts/fuzz` alone asks for them.
func fuzz(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(
        name: "Fuzz\(name)", dependencies: ["Fuzzing"] + dependencies, path: "Fuzz/\(name)",
        swiftSettings: guards + [.unsafeFlags(["-parse-as-library"])])
}

if Context.environment["TRIBUTARY_FUZZ"] != nil {
    package.targets += [
        .target(name: "Fuzzing", path: "Fuzz/Fuzzing", swiftSettings: guards),
        fuzz("EventStream", "EventStream"),
        fuzz("JSON", "ByteCoding"),
        fuzz("Answer", "ByteCoding", "Providers"),
        fuzz("Refusal", "ByteCoding", "Providers"),
        fuzz("Request", "ByteCoding", "Providers"),
        fuzz("Command", "ByteCoding", "ChatProtocol"),
        fuzz("Vocabulary", "ByteCoding", "Tokenizer"),
        fuzz("RequestHead", "BridgeCore", "WebSocketServer"),
        fuzz("Script", "BridgeCore", "BridgeTestKit", "ByteCoding", "ChatProtocol", "Providers"),
    ]
}
