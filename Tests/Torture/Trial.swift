/// A trial with its controls.
package struct Trial: Sendable, CustomStringConvertible {
    package enum Size: Sendable {
        /// For the test suite.
        case small
        /// For script/torture.
        case full
    }

    /// The same trial with a protection taken away.
    package struct Control: Sendable, CustomStringConvertible {
        package let description: String
        /// What must be found, or, where another protection stands behind the
        /// one that is gone, what must not.
        package let finds: String
        package let mustFind: Bool
        fileprivate let run: @Sendable (Size) throws -> Report

        fileprivate init(
            _ description: String, finds: String, mustFind: Bool = true,
            _ run: @escaping @Sendable (Size) throws -> Report
        ) {
            self.description = description
            self.finds = finds
            self.mustFind = mustFind
            self.run = run
        }

        /// The report, and whether the control did what controls are for.
        package func hold(_ size: Size) throws -> (report: Report, isGood: Bool) {
            let report = try run(size)
            return (report, report.hasFound(finds) == mustFind)
        }
    }

    package let description: String
    package let controls: [Control]
    private let run: @Sendable (Size) throws -> Report

    package func hold(_ size: Size) throws -> Report { try run(size) }

    package static let all = [kills, powerCuts, diskFaults, vandals, races, retries, clocks]

    static let kills = Trial(
        description: "kills",
        controls: [
            Control("without transactions", finds: "log") {
                try Kills.hold(
                    kills: $0 == .full ? 60 : 40, voters: $0 == .full ? 300 : 100, without: [.transactions])
            },
            Control("answers before their commit", finds: "is lost") {
                try Kills.hold(
                    kills: $0 == .full ? 60 : 6, voters: $0 == .full ? 300 : 100, without: [.commits])
            },
        ]
    ) { $0 == .full ? try Kills.hold(kills: 1000) : try Kills.hold(kills: 20, voters: 100) }

    static let powerCuts = Trial(
        description: "power cuts",
        controls: [
            Control("synchronous=NORMAL", finds: "is lost") {
                try PowerCuts.hold(
                    cuts: $0 == .full ? 100 : 15, voters: $0 == .full ? 200 : 60, without: [.fullSyncs])
            },
            Control("a disk that only says that it syncs", finds: "is lost") {
                try PowerCuts.hold(
                    cuts: $0 == .full ? 100 : 10, voters: $0 == .full ? 200 : 60, without: [.allSyncs])
            },
        ]
    ) { $0 == .full ? try PowerCuts.hold(cuts: 1000) : try PowerCuts.hold(cuts: 25, voters: 60) }

    static let diskFaults = Trial(
        description: "disk faults",
        controls: [
            Control("a failed sync goes unnoticed", finds: "is lost") {
                try DiskFaults.hold(stride: $0 == .full ? 1 : 8, without: [.syncErrors])
            },
            Control("answers before what was found is synced", finds: "is lost") {
                try DiskFaults.hold(stride: $0 == .full ? 1 : 8, without: [.recovery])
            },
        ]
    ) { try DiskFaults.hold(stride: $0 == .full ? 1 : 14) }

    static let vandals = Trial(description: "vandals", controls: []) {
        try Vandals.hold(only: $0 == .full ? Vandals.files : ["ledger", "ledger-wal"])
    }

    static let races = Trial(
        description: "races",
        controls: [
            Control("without the lock", finds: "won twice", mustFind: false) {
                try Races.hold(attempts: $0 == .full ? 100_000 : 1000, voters: 300, without: [.lock])
            },
            Control("nor transactions, nor numbers in the log", finds: "won twice", mustFind: false) {
                try Races.hold(
                    attempts: $0 == .full ? 20_000 : 1000, voters: 300,
                    without: [.lock, .transactions, .logNumbers])
            },
            Control("nor the key of the votes", finds: "won twice") { _ in
                try Races.hold(
                    attempts: 100_000, voters: 300,
                    without: [.lock, .transactions, .logNumbers, .primaryKey], untilTwice: true)
            },
        ]
    ) {
        $0 == .full
            ? try Races.hold(attempts: 1_000_000, voters: 20_000)
            : try Races.hold(attempts: 4000, voters: 150)
    }

    static let retries = Trial(
        description: "retries",
        controls: [
            Control("a site that makes a new key each time", finds: "have no receipt") {
                try Retries.hold(voters: $0 == .full ? 20_000 : 200, .newKey)
            }
        ]
    ) { try Retries.hold(voters: $0 == .full ? 20_000 : 200) }

    static let clocks = Trial(
        description: "clocks",
        controls: [
            Control("a ledger that forgets its close", finds: "a vote after the close") {
                try Clocks.hold(ballots: $0 == .full ? 200 : 5, forgetful: true)
            }
        ]
    ) { try Clocks.hold(ballots: $0 == .full ? 1000 : 10) }
}
