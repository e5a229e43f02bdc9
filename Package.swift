// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 language mode with everything the compiler can check switched on; warnings are errors.
let checked: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Programs carry the Swift runtime in themselves: an emulated command starts in a millisecond or two.
let standalone: [LinkerSetting] = [.unsafeFlags(["-static-stdlib"])]
/// The same with Foundation in them; the linker does not find its parts by itself.
let standaloneWithFoundation: [LinkerSetting] =
    standalone
    + ["CoreFoundation", "_FoundationCShims", "_FoundationCollections", "_FoundationICU", "stdc++"].map {
        .linkedLibrary($0)
    }

let package = Package(
    name: "arraybench",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "arraybench", targets: ["arraybench"]),
        .executable(name: "arrayd", targets: ["arrayd"]),
        .executable(name: "arraysim", targets: ["arraysim"]),
        .executable(name: "horcmd", targets: ["horcmd"]),
        .executable(name: "hostexec", targets: ["hostexec"]),
        .executable(name: "raidmanager", targets: ["raidmanager"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // C, as thin as it can be.
        .systemLibrary(name: "CFuse", path: "CFuse", pkgConfig: "fuse3", providers: [.apt(["libfuse3-dev"])]),
        .target(name: "CPlatform", cSettings: [.define("_GNU_SOURCE")]),

        // Rules: pure. No clock, thread, file, socket, Foundation or randomness.
        .target(name: "ReplicationCore", swiftSettings: checked),
        .target(name: "CommandDevice", dependencies: ["ReplicationCore"], swiftSettings: checked),
        .target(name: "Evidence", dependencies: ["ReplicationCore"], swiftSettings: checked),
        .target(name: "RaidManager", dependencies: ["CommandDevice", "ReplicationCore"], swiftSettings: checked),
        .target(name: "Simulator", dependencies: ["ReplicationCore"], swiftSettings: checked),
        .target(name: "HostView", swiftSettings: checked),

        // Shell: threads, files, sockets, libfuse.
        .target(name: "Platform", dependencies: ["CPlatform"], swiftSettings: checked),
        .target(
            name: "VolumeStore", dependencies: ["Evidence", "ReplicationCore", "Platform", "CPlatform"],
            swiftSettings: checked),
        .target(name: "FuseDevice", dependencies: ["CFuse", "CPlatform", "Platform"], swiftSettings: checked),
        .target(
            name: "LinkTransport",
            dependencies: [
                "ReplicationCore", "Platform", "CPlatform", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: checked),
        .target(
            name: "RaidManagerShell",
            dependencies: ["RaidManager", "CommandDevice", "ReplicationCore", "Platform", "CPlatform"],
            swiftSettings: checked),
        .target(name: "Workload", dependencies: ["ReplicationCore", "Platform", "CPlatform"], swiftSettings: checked),

        // Assembly.
        .target(
            name: "ArrayController",
            dependencies: [
                "ReplicationCore", "CommandDevice", "Evidence", "Platform", "CPlatform", "VolumeStore", "FuseDevice",
                "LinkTransport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: checked),
        .target(
            name: "ServiceProcessor",
            dependencies: [
                "Bench", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: checked),
        .target(
            name: "Bench",
            dependencies: [
                "CommandDevice", "Evidence", "HostView", "RaidManager", "ReplicationCore", "Platform", "CPlatform",
                "VolumeStore",
                .product(name: "Yams", package: "Yams"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: checked),

        .target(
            name: "Campaign",
            dependencies: [
                "Bench", "Simulator", "Workload", "CommandDevice", "ReplicationCore", "Platform", "CPlatform",
            ],
            swiftSettings: checked),

        .target(name: "Measurement", dependencies: ["Bench", "FuseDevice", "Platform"], swiftSettings: checked),

        // Programs.
        .executableTarget(
            name: "arrayd",
            dependencies: [
                "ArrayController", "ServiceProcessor", "Bench", "CommandDevice", "LinkTransport", "ReplicationCore",
                "VolumeStore", "Platform", "CPlatform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: checked, linkerSettings: standaloneWithFoundation),
        .executableTarget(
            name: "arraysim",
            dependencies: [
                "Simulator", "ReplicationCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: checked, linkerSettings: standaloneWithFoundation),
        .executableTarget(
            name: "horcmd",
            dependencies: [
                "RaidManager", "RaidManagerShell", "ReplicationCore", "CommandDevice", "Platform", "CPlatform",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: checked, linkerSettings: standaloneWithFoundation),
        .executableTarget(
            name: "hostexec", dependencies: ["HostView", "Platform", "CPlatform"], swiftSettings: checked,
            linkerSettings: standalone),
        .executableTarget(
            name: "raidmanager",
            dependencies: ["RaidManager", "RaidManagerShell", "ReplicationCore", "Platform", "CPlatform"],
            swiftSettings: checked, linkerSettings: standalone),
        .executableTarget(
            name: "arraybench",
            dependencies: [
                "Bench", "Campaign", "Measurement", "ReplicationCore", "Simulator", "Workload",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: checked, linkerSettings: standaloneWithFoundation),

        // Hostile input, for `fuzz/run.sh` and for `FuzzTests`.
        .target(
            name: "FuzzTargets", dependencies: ["RaidManager", "CommandDevice", "ReplicationCore"],
            path: "fuzz/Targets",
            swiftSettings: checked),

        // Tests, and what several of them need.
        .target(
            name: "TestSupport", dependencies: ["Platform"], path: "Tests/TestSupport", swiftSettings: checked),
        .testTarget(
            name: "ReplicationCoreTests", dependencies: ["ReplicationCore", "CommandDevice", "Simulator"],
            swiftSettings: checked),
        .testTarget(name: "SimulatorTests", dependencies: ["ReplicationCore", "Simulator"], swiftSettings: checked),
        .testTarget(
            name: "RaidManagerTests", dependencies: ["RaidManager", "CommandDevice", "ReplicationCore", "TestSupport"],
            swiftSettings: checked),
        .testTarget(
            name: "LinkTransportTests", dependencies: ["LinkTransport", "ReplicationCore", "Platform", "CPlatform"],
            swiftSettings: checked),
        .testTarget(
            name: "EvidenceTests",
            dependencies: ["Evidence", "Platform", "ReplicationCore", "Simulator", "VolumeStore"],
            swiftSettings: checked),
        .testTarget(
            name: "MountedTests",
            dependencies: [
                "ArrayController", "VolumeStore", "FuseDevice", "ReplicationCore", "CommandDevice", "Platform",
                "CPlatform", "TestSupport", "Bench",
            ],
            swiftSettings: checked),
        .testTarget(
            name: "ArrayTests",
            dependencies: [
                "Bench", "CommandDevice", "ReplicationCore", "Platform", "VolumeStore", "CPlatform", "TestSupport",
            ],
            swiftSettings: checked),
        .testTarget(
            name: "BenchTests", dependencies: ["Bench", "CommandDevice", "ReplicationCore", "Platform", "TestSupport"],
            swiftSettings: checked),
        .testTarget(
            name: "CampaignTests", dependencies: ["Campaign", "Bench", "ReplicationCore", "Simulator", "TestSupport"],
            swiftSettings: checked),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: checked),
        .testTarget(
            name: "HostViewTests", dependencies: ["Bench", "CommandDevice", "HostView", "TestSupport"],
            swiftSettings: checked),
        .testTarget(
            name: "ScriptTests", dependencies: ["Bench", "TestSupport"], exclude: ["scripts"], swiftSettings: checked),
        .testTarget(name: "StoryTests", dependencies: ["Bench", "Platform", "TestSupport"], swiftSettings: checked),
        .testTarget(
            name: "MatrixTests",
            dependencies: [
                "Bench", "CommandDevice", "Platform", "CPlatform", "RaidManager", "RaidManagerShell", "ReplicationCore",
                "TestSupport",
            ],
            swiftSettings: checked),
        .testTarget(name: "MeasurementTests", dependencies: ["Measurement"], swiftSettings: checked),
        .testTarget(
            name: "WorkloadTests", dependencies: ["Workload", "Platform", "ReplicationCore", "TestSupport"],
            swiftSettings: checked),
    ]
)
