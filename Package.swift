// swift-tools-version: 6.2
import PackageDescription

// No package dependencies, now or later: we build on the toolchain's modules and on C libraries that Debian packages.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Code that several test targets share.
func testing(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/" + name, swiftSettings: strict)
}

let package = Package(
    name: "Atoll",
    traits: [.trait(name: "Mutants", description: "Faults to choose from at run time, for `.ci/mutants` alone.")],
    targets: [
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        system("CJansson", pkgConfig: "jansson", apt: "libjansson-dev"),
        system("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        .systemLibrary(name: "CLinux"),

        library("CRDT"),
        library("Replica", ["CRDT", "CSQLite", "CCrypto", "CSodium", "CZlib"]),
        library("Sync", ["CRDT", "Replica", "CZlib", "CZstd"]),
        library("Retail", ["CRDT", "Replica"]),
        library("Net", ["COpenSSL", "CLinux"]),
        library("Node", ["CRDT", "Replica", "Sync", "Retail", "Net", "CCrypto"]),
        library("Simulation", ["CRDT", "Replica", "Sync", "Retail", "CSQLite", "CZlib", "CZstd", "CJansson"]),
        .executableTarget(
            name: "atoll",
            dependencies: [
                "CRDT", "Replica", "Sync", "Retail", "Net", "Node", "Simulation", "CSQLite", "CCrypto", "CZstd",
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "CrashTarget", dependencies: ["CRDT", "Replica"], path: "Tests/CrashTarget", swiftSettings: strict),

        .target(
            name: "FuzzHarness", dependencies: ["CRDT", "Replica", "Sync", "Retail", "Simulation", "CZlib", "CZstd"],
            path: "Tests/Fuzz/Harness", swiftSettings: strict),

        tests("CRDT", ["CRDT"]),
        tests("Replica", ["CRDT", "Replica", "Simulation", "CSQLite"]),
        tests("Sync", ["CRDT", "Replica", "Sync", "Retail", "Simulation"]),
        tests("Retail", ["CRDT", "Replica", "Retail", "Sync"]),
        tests("Simulation", ["CRDT", "Replica", "Sync", "Retail", "Simulation", "CSQLite"]),
        tests("Node", ["CRDT", "Replica", "Sync", "Retail", "Net", "Node", "Simulation"]),
        tests(
            "Command", ["CRDT", "Net", "Node", "Replica", "Retail", "Simulation", "CSQLite", "CSodium", "FaultProxy"]),
        tests("Fuzz", ["FuzzHarness"]),
        testing("FaultProxy", []),
        tests("Net", ["Net", "FaultProxy"]),
        tests("House", []),
    ]
)

// libFuzzer brings the main of a fuzz target, so that a plain build of one does not link: they are there for those who ask.
if Context.environment["ATOLL_FUZZ"] != nil {
    package.targets += ["FuzzRecord", "FuzzDelta", "FuzzDeltaFile", "FuzzFrame", "FuzzSession", "FuzzCorpus"].map { name in
        .executableTarget(name: name, dependencies: ["FuzzHarness"], path: "Tests/Fuzz/\(name)", swiftSettings: strict)
    }
}
