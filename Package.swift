// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules: strict memory safety, no warnings,
/// and the language's upcoming defaults.
let house: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "counterfoil",
    products: [
        .library(name: "Counterfoil", targets: ["Counterfoil"]),
        .library(name: "IssuingRoom", targets: ["IssuingRoom"]),
        .library(name: "PollingDesk", targets: ["PollingDesk"]),
        .library(name: "SQLiteLedger", targets: ["SQLiteLedger"]),
        .library(name: "PostgresLedger", targets: ["PostgresLedger"]),
        .library(name: "CounterfoilFiles", targets: ["CounterfoilFiles"]),
        .executable(name: "counterfoil", targets: ["CounterfoilTool"]),
    ],
    traits: [
        .trait(name: "PostgreSQL", description: "The ledger on PostgreSQL, and libpq with it.")
    ],
    dependencies: [
        // A range, so that a package that depends on this one may have another.
        // What was reviewed of it is named in SECURITY.md.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0")
    ],
    targets: [
        // System libraries, behind thin C shims.
        .systemLibrary(
            name: "CCounterfoilSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(
            name: "CCounterfoilSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        .systemLibrary(
            name: "CCounterfoilPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCounterfoilSystem"),

        // What both rooms must agree on.
        .target(name: "Counterfoil", dependencies: ["CCounterfoilSodium"], swiftSettings: house),

        // The two rooms. Neither may ever depend on the other.
        .target(name: "IssuingRoom", dependencies: ["Counterfoil"], swiftSettings: house),
        .target(
            name: "PollingDesk", dependencies: ["Counterfoil", "CCounterfoilSystem"], swiftSettings: house),

        // How things are kept on a disk.
        .target(name: "CounterfoilFiles", dependencies: ["Counterfoil"], swiftSettings: house),
        .target(
            name: "SQLiteLedger",
            dependencies: ["Counterfoil", "PollingDesk", "CCounterfoilSQLite", "CCounterfoilSystem"],
            swiftSettings: house),
        // Empty without the trait: a build that does not ask for it needs no libpq.
        .target(
            name: "PostgresLedger",
            dependencies: [
                "Counterfoil", "PollingDesk",
                .target(name: "CCounterfoilPostgres", condition: .when(traits: ["PostgreSQL"])),
            ],
            resources: [
                .embedInCode("SQL/tables.sql"), .embedInCode("SQL/guards.sql"),
                .embedInCode("SQL/clock.sql"), .embedInCode("SQL/votes.sql"), .embedInCode("SQL/log.sql"),
                .embedInCode("SQL/loading.sql"), .embedInCode("SQL/looks.sql"),
                .embedInCode("SQL/roles.sql"), .embedInCode("SQL/objects.txt"),
            ],
            swiftSettings: house),

        // The command.
        .executableTarget(
            name: "CounterfoilTool",
            dependencies: [
                "Counterfoil", "IssuingRoom", "PollingDesk", "CounterfoilFiles", "SQLiteLedger",
                "CCounterfoilSystem",
                .target(name: "PostgresLedger", condition: .when(traits: ["PostgreSQL"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house),

        // The command as its users meet it: the tests run the program itself.
        .testTarget(
            name: "CommandTests",
            dependencies: ["Counterfoil", "IssuingRoom", "CounterfoilTool", "TestSupport"],
            exclude: ["Support/record-syncs.c", "Support/verify.go"], swiftSettings: house),

        // Programs for valgrind; script/constant-time builds them with their instrument.
        .executableTarget(
            name: "ConstantTime",
            dependencies: ["CCounterfoilSodium", "Counterfoil", "IssuingRoom", "PollingDesk"],
            path: "Tests/Measuring/ConstantTime", exclude: ["verdict.supp"], swiftSettings: house),
        .executableTarget(
            name: "Dudect", dependencies: ["Counterfoil", "IssuingRoom"], path: "Tests/Measuring/Dudect",
            swiftSettings: house),
        // What the codes look like: script/randomness.
        .executableTarget(
            name: "Randomness", dependencies: ["Counterfoil", "IssuingRoom"],
            path: "Tests/Measuring/Randomness",
            swiftSettings: house),
        // The Swift side of what script/bench measures; the C sides lie beside it.
        .executableTarget(
            name: "Bench", dependencies: ["Counterfoil", "IssuingRoom"], path: "Tests/Measuring/Bench",
            exclude: [
                "core.h", "derive.c", "disk.c", "issue.c", "load.c", "redeem.c", "log.py", "measure.py",
            ],
            swiftSettings: house
        ),

        // What a ledger promises when everything around it fails: the test suite
        // holds these trials at a small size, script/torture at full size.
        .target(
            name: "Torture",
            dependencies: [
                "Counterfoil", "PollingDesk", "SQLiteLedger", "CCounterfoilSQLite", "CounterfoilTool",
                "TestSupport",
            ],
            path: "Tests/Measuring/Torture", exclude: ["Shims"], swiftSettings: house),
        .testTarget(name: "TortureTests", dependencies: ["Torture"], swiftSettings: house),
        .executableTarget(
            name: "TortureTable", dependencies: ["Torture"], path: "Tests/Measuring/TortureTable",
            swiftSettings: house),

        // What script/failover runs.
        .executableTarget(
            name: "Failover",
            dependencies: [
                "Counterfoil", "PollingDesk", "TestSupport",
                .target(name: "PostgresLedger", condition: .when(traits: ["PostgreSQL"])),
            ],
            path: "Tests/Measuring/Failover", swiftSettings: house),

        // The Swift side of script/bench-postgres.
        .executableTarget(
            name: "PostgresBench",
            dependencies: [
                "Counterfoil", "PollingDesk", "TestSupport",
                .target(name: "PostgresLedger", condition: .when(traits: ["PostgreSQL"])),
            ],
            path: "Tests/Measuring/PostgresBench", swiftSettings: house),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                "Counterfoil", "PollingDesk",
                .target(name: "CCounterfoilPostgres", condition: .when(traits: ["PostgreSQL"])),
            ], path: "Tests/TestSupport",
            swiftSettings: house),
        .testTarget(
            name: "CounterfoilTests", dependencies: ["Counterfoil", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "CounterfoilFilesTests", dependencies: ["Counterfoil", "CounterfoilFiles", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "IssuingRoomTests", dependencies: ["Counterfoil", "IssuingRoom", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "PollingDeskTests",
            dependencies: [
                "Counterfoil", "PollingDesk", "SQLiteLedger", "TestSupport",
                .target(name: "PostgresLedger", condition: .when(traits: ["PostgreSQL"])),
            ],
            swiftSettings: house),
        .testTarget(
            name: "SQLiteLedgerTests", dependencies: ["SQLiteLedger", "CCounterfoilSQLite", "TestSupport"],
            swiftSettings: house),
        .executableTarget(
            name: "SecretHost", dependencies: ["Counterfoil", "CounterfoilFiles", "PollingDesk"],
            path: "Tests/SecretHost", swiftSettings: house),
        // What programs leave in their memory, and what of it cannot be written at all.
        .testTarget(
            name: "SecretTests",
            dependencies: ["CounterfoilTool", "Counterfoil", "PollingDesk", "SecretHost", "TestSupport"],
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .testTarget(
            name: "PostgresLedgerTests",
            dependencies: [
                "Counterfoil", "PollingDesk", "TestSupport",
                .target(name: "PostgresLedger", condition: .when(traits: ["PostgreSQL"])),
            ],
            swiftSettings: house),
        // A package of somebody else's that depends on this one.
        .testTarget(
            name: "OutsideTests",
            dependencies: ["Counterfoil", "PollingDesk", "SQLiteLedger", "TestSupport"],
            exclude: ["Package", "count-syncs.c"], swiftSettings: [.treatAllWarnings(as: .error)]),
        .testTarget(
            name: "WallTests", exclude: ["PublicAPI"], swiftSettings: [.treatAllWarnings(as: .error)]),
    ],
    swiftLanguageModes: [.v6]
)

// The fuzzing program has no `main` of its own: only with libFuzzer, which
// `script/fuzz` asks for, does it link. It stands in this package, and not in
// one beside it, because it looks at what only the package may see.
if Context.environment["COUNTERFOIL_FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["Counterfoil", "IssuingRoom", "PollingDesk", "TestSupport"],
            path: "Tests/Measuring/Fuzz", exclude: ["seeds"], swiftSettings: house))
}
