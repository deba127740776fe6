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
        fileprivate let run: @Sendable (Run) throws -> Report

        fileprivate init(
            _ description: String, finds: String, mustFind: Bool = true,
            _ run: @escaping @Sendable (Run) throws -> Report
        ) {
            self.description = description
            self.finds = finds
            self.mustFind = mustFind
            self.run = run
        }

        /// The report, and whether the control did what controls are for.
        package func hold(_ size: Size) throws -> (report: Report, isGood: Bool) {
            // At full size the control's figures are of interest, too.
            let report = try run(
                Run(size: size, isProtected: false, limit: size == .small ? .finding(finds) : nil))
            return (report, report.hasFound(finds) == mustFind)
        }

        /// The same with the protection in its place: at the same settings, and
        /// for as long as the control went on until it had found what it must. It
        /// must find nothing. If a protection of the program were gone, this would
        /// be the control.
        package func holdProtected(_ size: Size, as control: Report) throws -> Report {
            try run(Run(size: size, isProtected: true, limit: size == .small ? .rounds(control.rounds) : nil))
        }
    }

    fileprivate struct Run: Sendable {
        let size: Size
        let isProtected: Bool
        let limit: Limit?

        func without(_ removals: Removal...) -> [Removal] { isProtected ? [] : removals }
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
            Control("without transactions", finds: "without their log entry") { run in
                try Kills.hold(
                    kills: 200, voters: run.size == .full ? 300 : 100, without: run.without(.transactions),
                    until: run.limit)
            },
            Control("answers before their commit", finds: "is lost") { run in
                try Kills.hold(
                    kills: 60, voters: run.size == .full ? 300 : 100,
                    without: run.without(.commits, .rewriting),
                    until: run.limit)
            },
        ]
    ) { $0 == .full ? try Kills.hold(kills: 1000) : try Kills.hold(kills: 20, voters: 100) }

    static let powerCuts = Trial(
        description: "power cuts",
        controls: [
            Control("synchronous=NORMAL", finds: "is lost") { run in
                try PowerCuts.hold(
                    cuts: 100, voters: run.size == .full ? 200 : 60, without: run.without(.fullSyncs),
                    until: run.limit)
            },
            Control("a disk that only says that it syncs", finds: "is lost") { run in
                try PowerCuts.hold(
                    cuts: 100, voters: run.size == .full ? 200 : 60, without: run.without(.allSyncs),
                    until: run.limit)
            },
        ]
    ) {
        $0 == .full
            ? try PowerCuts.hold(cuts: 1000, longRuns: true) : try PowerCuts.hold(cuts: 25, voters: 60)
    }

    static let diskFaults = Trial(
        description: "disk faults",
        controls: [
            Control("a failed sync goes unnoticed", finds: "is lost") { run in
                try DiskFaults.hold(
                    cutsOfEach: 12, onlySyncs: true, without: run.without(.syncErrors), until: run.limit)
            },
            Control("what a sync failed to write is not written again", finds: "audit") { run in
                try DiskFaults.hold(
                    cutsOfEach: 12, onlySyncs: true, without: run.without(.rewriting), until: run.limit)
            },
            Control("nor is anything synced before answers", finds: "is lost") { run in
                try DiskFaults.hold(
                    cutsOfEach: 12, onlySyncs: true, without: run.without(.recovery, .rewriting),
                    until: run.limit)
            },
        ]
    ) { $0 == .full ? try DiskFaults.hold(atWork: 200) : try DiskFaults.hold(stride: 14) }

    static let vandals = Trial(description: "vandals", controls: []) {
        try Vandals.hold(only: $0 == .full ? Vandals.files : ["ledger", "ledger-wal"])
    }

    static let losses = Trial(
        description: "losses",
        controls: [
            Control("nothing is remembered", finds: "refused though nothing is missing") { run in
                try Losses.hold(
                    rounds: run.size == .full ? 5 : 1, without: run.without(.memory), until: run.limit)
            },
            Control("nothing in the file says that it is open", finds: "lost in silence") { run in
                try Losses.hold(
                    rounds: run.size == .full ? 5 : 1, without: run.without(.mark), until: run.limit)
            },
            Control("nor is anything remembered", finds: "-wal are lost: 40 votes are lost in silence") {
                run in
                try Losses.hold(
                    rounds: run.size == .full ? 5 : 1, without: run.without(.mark, .memory), until: run.limit)
            },
        ]
    ) { try Losses.hold(rounds: $0 == .full ? 5 : 1) }

    static let mounts = Trial(
        description: "mounts",
        controls: [
            Control("a file under two names is not noticed", finds: "codes are accepted twice") { run in
                try Mounts.hold([.file], without: run.without(.places), until: run.limit)
            },
            Control("nor is a program's file system", finds: "codes are accepted twice") { run in
                try Mounts.hold([.program], without: run.without(.places), until: run.limit)
            },
        ]
    ) { _ in try Mounts.hold(Mounts.Way.allCases) }

    static let races = Trial(
        description: "races",
        controls: [
            Control("without the lock", finds: "won twice", mustFind: false) { run in
                try Races.hold(
                    attempts: run.size == .full ? 100_000 : 1000, voters: 300, without: run.without(.lock))
            },
            Control("nor transactions, nor numbers in the log", finds: "won twice", mustFind: false) {
                run in
                try Races.hold(
                    attempts: run.size == .full ? 20_000 : 1000, voters: 300,
                    without: run.without(.lock, .transactions, .logNumbers))
            },
            Control("nor the key of the votes", finds: "won twice") { run in
                try Races.hold(
                    attempts: 50_000, voters: 300,
                    without: run.without(.lock, .transactions, .logNumbers, .primaryKey), until: run.limit)
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
            Control("a site that makes a new key each time", finds: "have no receipt") { run in
                try Retries.hold(
                    voters: run.size == .full ? 20_000 : 200, run.isProtected ? .sameKey : .newKey)
            }
        ]
    ) { try Retries.hold(voters: $0 == .full ? 20_000 : 200) }

    static let clocks = Trial(
        description: "clocks",
        controls: [
            Control("a ledger that forgets its close", finds: "a vote after the close") { run in
                try Clocks.hold(ballots: run.size == .full ? 200 : 5, forgetful: !run.isProtected)
            }
        ]
    ) { try Clocks.hold(ballots: $0 == .full ? 1000 : 10) }
}
