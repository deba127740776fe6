import Testing
import Torture

/// Exactly once, at the size of a test suite; `script/torture` holds the same
/// trials at full size.
@Suite struct TortureTests {
    @Test(arguments: Trial.all)
    func trial(_ trial: Trial) throws {
        let report = try trial.hold(.small)
        #expect(report.violations.isEmpty, "\(report.figures)")
    }

    @Test func nothingIsMissingInSilence() {
        for (trial, why) in Trial.missing { print("skipped: \(trial): \(why)") }
        #expect(Trial.missing.isEmpty || Trial.all.allSatisfy { $0.description != "mounts" })
    }

    @Test(
        "What a killed desk left in the write-ahead log is written and synced once more before it is copied")
    func rewriting() throws {
        #expect(try DiskFaults.logIsRewritten())
        #expect(try !DiskFaults.logIsRewritten(without: [.rewriting]), "the control")
    }

    /// A trial that cannot fail shows nothing.
    @Test(arguments: Trial.all.flatMap(\.controls))
    func control(_ control: Trial.Control) throws {
        let (report, isGood) = try control.hold(.small)
        #expect(isGood, "\(report)")
        let whole = try control.holdProtected(.small, as: report)
        #expect(whole.violations.isEmpty, "with its protection: \(whole)")
    }
}
