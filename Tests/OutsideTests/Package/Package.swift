// swift-tools-version: 6.2
import PackageDescription

/// A voting site of somebody else's: it depends on Counterfoil beside swift-nio,
/// and has a target of a name that Counterfoil once used.
let package = Package(
    name: "outside",
    dependencies: [
        .package(path: "counterfoil"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.60.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.7.0"),
    ],
    targets: [
        .executableTarget(
            name: "outside",
            dependencies: [
                .product(name: "Counterfoil", package: "counterfoil"),
                .product(name: "CounterfoilFiles", package: "counterfoil"),
                .product(name: "PollingDesk", package: "counterfoil"),
                .product(name: "SQLiteLedger", package: "counterfoil"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ])
    ])
