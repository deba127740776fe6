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
        /// What must be found. Where another protection does the work of the
        /// one that is gone: what must not be found.
        package let finds: String
        package let mustFind: Bool
        fileprivate let run: @Sendable (Size, _ until: String?) throws -> Report

        fileprivate init(
            _ description: String, finds: String, mustFind: Bool = true,
            _ run: @escaping @Sendable (Size, _ until: String?) throws -> Report
        ) {
            self.description = description
            self.finds = finds
            self.mustFind = mustFind
            self.run = run
        }

        /// The report, and whether the control did what controls are for.
        package func hold(_ size: Size) throws -> (report: Report, isGood: Bool) {
            // At full size the control's figures are of interest, too.
            let report = try run(size, size == .small ? finds : nil)
            return (report, report.hasFound(finds) == mustFind)
        }
    }

    package let description: String
    package let controls: [Control]
    private let run: @Sendable (Size) throws -> Report

    package func hold(_ size: Size) throws -> Report { try run(size) }

    package static let all =
        [inspection, kills, powerCuts, diskFaults, vandals, losses] + (Mounts.why == nil ? [mounts] : [])
        + [races, retries, clocks]

    /// Trials that cannot be held here, and why.
    package static let missing = Mounts.why.map { [(mounts, $0)] } ?? []

    static let inspection = Trial(description: "the inspection itself", controls: []) { _ in
        try Doctored.hold()
    }

    static let kills = Trial(
        description: "kills",
        controls: [
            Control("without transactions", finds: "without their log entry") { size, found in
                try Kills.hold(
                    kills: 200, voters: size == .full ? 300 : 100, without: [.transactions], until: found)
            },
            Control("answers before their commit", finds: "is lost") { size, found in
                try Kills.hold(
                    kills: 60, voters: size == .full ? 300 : 100, without: [.commits, .rewriting],
                    until: found)
            },
        ]
    ) { $0 == .full ? try Kills.hold(kills: 1000) : try Kills.hold(kills: 20, voters: 100) }

    static let powerCuts = Trial(
        description: "power cuts",
        controls: [
            Control("synchronous=NORMAL", finds: "is lost") { size, found in
                try PowerCuts.hold(
                    cuts: 100, voters: size == .full ? 200 : 60, without: [.fullSyncs], until: found)
            },
            Control("a disk that only says that it syncs", finds: "is lost") { size, found in
                try PowerCuts.hold(
                    cuts: 100, voters: size == .full ? 200 : 60, without: [.allSyncs], until: found)
            },
        ]
    ) {
        $0 == .full
            ? try PowerCuts.hold(cuts: 1000, longRuns: true) : try PowerCuts.hold(cuts: 25, voters: 60)
    }

    static let diskFaults = Trial(
        description: "disk faults",
        controls: [
            Control("a failed sync goes unnoticed", finds: "is lost") { _, found in
                try DiskFaults.hold(
                    cutsOfEach: 12, onlySyncs: true, without: [.syncErrors], until: found)
            },
            Control("what a sync failed to write is not written again", finds: "audit") { _, found in
                try DiskFaults.hold(cutsOfEach: 12, onlySyncs: true, without: [.rewriting], until: found)
            },
            Control("nor is anything synced before answers", finds: "is lost") { _, found in
                try DiskFaults.hold(
                    cutsOfEach: 12, onlySyncs: true, without: [.recovery, .rewriting], until: found)
            },
        ]
    ) { $0 == .full ? try DiskFaults.hold(atWork: 200) : try DiskFaults.hold(stride: 14) }

    static let vandals = Trial(description: "vandals", controls: []) {
        try Vandals.hold(only: $0 == .full ? Vandals.files : ["ledger", "ledger-wal"])
    }

    static let losses = Trial(
        description: "losses",
        controls: [
            Control("nothing is remembered", finds: "refused though nothing is missing") { size, found in
                try Losses.hold(rounds: size == .full ? 5 : 1, without: [.memory], until: found)
            },
            Control("nothing in the file says that it is open", finds: "lost in silence") { size, found in
                try Losses.hold(rounds: size == .full ? 5 : 1, without: [.mark], until: found)
            },
            Control("nor is anything remembered", finds: "-wal are lost: 40 votes are lost in silence") {
                size, found in
                try Losses.hold(rounds: size == .full ? 5 : 1, without: [.mark, .memory], until: found)
            },
        ]
    ) { try Losses.hold(rounds: $0 == .full ? 5 : 1) }

    static let mounts = Trial(
        description: "mounts",
        controls: [
            Control("a file under two names is not noticed", finds: "codes are accepted twice") { _, found in
                try Mounts.hold([.file], without: [.places], until: found)
            },
            Control("nor is a program's file system", finds: "codes are accepted twice") { _, found in
                try Mounts.hold([.program], without: [.places], until: found)
            },
        ]
    ) { _ in try Mounts.hold(Mounts.Way.allCases) }

    static let races = Trial(
        description: "races",
        controls: [
            Control("without the lock", finds: "won twice", mustFind: false) { size, _ in
                try Races.hold(attempts: size == .full ? 100_000 : 1000, voters: 300, without: [.lock])
            },
            Control("nor transactions, nor numbers in the log", finds: "won twice", mustFind: false) {
                size, _ in
                try Races.hold(
                    attempts: size == .full ? 20_000 : 1000, voters: 300,
                    without: [.lock, .transactions, .logNumbers])
            },
            Control("nor the key of the votes", finds: "won twice") { _, found in
                try Races.hold(
                    attempts: 50_000, voters: 300,
                    without: [.lock, .transactions, .logNumbers, .primaryKey], until: found)
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
            Control("a site that makes a new key each time", finds: "have no receipt") { size, _ in
                try Retries.hold(voters: size == .full ? 20_000 : 200, .newKey)
            }
        ]
    ) { try Retries.hold(voters: $0 == .full ? 20_000 : 200) }

    static let clocks = Trial(
        description: "clocks",
        controls: [
            Control("a ledger that forgets its close", finds: "a vote after the close") { size, _ in
                try Clocks.hold(ballots: size == .full ? 200 : 5, forgetful: true)
            }
        ]
    ) { try Clocks.hold(ballots: $0 == .full ? 1000 : 10) }
}
