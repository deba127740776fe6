import PollingDesk
import SQLiteLedger
import TestSupport

/// Clocks that stop, jump back, and jump past the closing time: each of two
/// desks has its own. The first request that is judged past the close closes the
/// ballot for all. No vote online is accepted after that, whatever any clock
/// says, and none is refused before.
package enum Clocks {
    /// - Parameter forgetful: for a control, somebody makes the ledger forget
    ///   its close each time.
    package static func hold(ballots: Int, forgetful: Bool = false, seed: UInt64 = 7) throws -> Report {
        var report = Report("clocks")
        var dice = Dice(seed)
        let rehearsal = Rehearsal(seed: 7)
        let packs = (0..<60).map { rehearsal.pack($0) }
        var counts = (jumps: 0, before: 0, refused: 0, reopenings: 0)
        for ballot in 0..<ballots {
            let folder = TemporaryFolder.quick()
            let path = folder.file("ledger")
            func open() throws -> Booth {
                // Also a desk that starts with a clock that is wrong.
                try Booth(
                    rehearsal,
                    try SQLiteLedger(opening: path, election: rehearsal.election), at: .test(dice.roll(2000)))
            }
            let first = try Booth(
                rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
            try first.load("main", packs)
            try first.activate("main")
            _ = try first.desk.open(closes: .test(1000), grace: 0, at: .test(3))
            var booths = [first, try open()]
            var clocks = [10, 10]
            var isClosed = false
            for (key, pack) in packs.enumerated() {
                let desk = dice.roll(2)
                switch dice.roll(8) {
                case 0...3: break  // stops
                case 4, 5: clocks[desk] += dice.roll(100)
                case 6: clocks[desk] -= dice.roll(1500)  // also before the ballot was opened
                default: clocks[desk] = 900 + dice.roll(300)
                }
                counts.jumps += 1
                let outcome = try booths[desk].redeem(pack, key: key, at: .test(clocks[desk]))
                if clocks[desk] >= 1000 { isClosed = true }
                let place = "ballot \(ballot), request \(key), clock at \(clocks[desk])"
                switch (outcome.name, isClosed) {
                case ("accepted", false): counts.before += 1
                case ("closed", true): counts.refused += 1
                case ("accepted", true): report.violated("\(place): a vote after the close")
                default: report.violated("\(place): \(outcome.name)")
                }
                if forgetful && isClosed { Shell.ask(path, "UPDATE ballot SET closed = NULL") }
                if dice.oneIn(20) {
                    booths[desk].desk.drain()
                    booths[desk] = try open()
                    counts.reopenings += 1
                }
            }
            let difference = try first.rehearsal.difference(in: booths[0].desk.ledger)
            if let difference { report.violated("ballot \(ballot): audit: \(difference)") }
            for booth in booths { booth.desk.drain() }
            withExtendedLifetime(folder) {}
        }
        report.measured("requests, each at some moment", counts.jumps)
        report.measured("accepted before the close", counts.before)
        report.measured("refused after it", counts.refused)
        report.measured("desks started with a wrong clock", counts.reopenings + ballots)
        return report
    }
}
