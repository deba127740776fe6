import Testing

/// Random sequences of all that can happen, on real desks and on the model:
/// they must agree on every answer, every record and every report. If a sequence
/// fails, the shortest one that fails too is printed, as a test for `Replays`.
@Suite struct ModelTests {
    @Test func aDeskInMemoryAgreesWithTheModel() {
        let worlds: [(World, Int)] = [(.strict, 900), (.lenient, 700), (.severe, 1100), (.usual, 200)]
        let trials = worlds.map { run(Trial(.memory, $0), scripts: $1, reportEvery: 8) }
        #expect(trials.reduce(0) { $0 + $1.steps } > 100_000)
        expectCoverage(trials, atLeast: 10)
    }

    @Test func aDeskOnADiskAgreesWithTheModel() {
        let trials = [World.strict, .lenient, .severe].map {
            run(Trial(.sqlite, $0), scripts: 130, reportEvery: 20)
        }
        #expect(trials.reduce(0) { $0 + $1.steps } > 10_000)
        expectCoverage(trials, atLeast: 1)
    }

    #if PostgreSQL
    /// Fewer than of the others, and so not of everything there is.
    @Test func aDeskOnAServerAgreesWithTheModel() {
        let trials = [World.strict, .lenient, .severe].map {
            run(Trial(.postgres, $0), scripts: 10, reportEvery: 40)
        }
        #expect(trials.reduce(0) { $0 + $1.steps } > 1_000)
    }
    #endif

    /// Runs script 1 and those after it; ends with the first that fails.
    private func run(_ trial: Trial, scripts: Int, reportEvery interval: Int) -> Trial {
        for number in 1...scripts {
            let seed = UInt64(number) + trial.world.plan.seed * 1_000_000
            let fine = trial.expectAgreement(Script(seed: seed), "seed \(seed)", reportEvery: interval)
            if !fine { break }
        }
        return trial
    }

    private func expectCoverage(_ trials: [Trial], atLeast least: Int) {
        func sum(_ counts: (Trial) -> [String: Int], _ name: String) -> Int {
            trials.reduce(0) { $0 + (counts($1)[name] ?? 0) }
        }
        for cell in ModelCoverage.cells {
            let count = sum(\.cells, cell)
            #expect(count >= least, "\(cell) came up \(count) times")
        }
        for event in ModelCoverage.events {
            let count = sum(\.events, event)
            #expect(count >= least, "\(event) was recorded \(count) times")
        }
        let unlisted = Set(trials.flatMap(\.cells.keys)).subtracting(ModelCoverage.cells)
        // What a cell's name adds to the name of another is circumstance, not rule.
        #expect(
            unlisted.allSatisfy { $0.contains("after twenty") || $0.contains("though locked 14") },
            "\(unlisted)")
    }
}
