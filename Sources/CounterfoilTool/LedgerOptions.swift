internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

/// Which ledger, and the desk's keys, for verbs that write.
struct DeskOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The ledger.", valueName: "FILE"))
    var ledger: String

    @Option(help: ArgumentHelp("The folder of the polling desk.", valueName: "DIR"))
    var keys: String

    @Option(
        help: ArgumentHelp(
            "A checkpoint on another disk that knows how far the log has come: looked at first, replaced afterwards.",
            valueName: "FILE"))
    var witness: String?

    @OptionGroup var passphrases: PassphraseOptions

    /// Lends the desk on its ledger; then shows the witness what was done.
    ///
    /// The key comes first: a wrong passphrase should leave no trace in the ledger.
    func withDesk<R>(creating: Bool = false, _ body: (Desk) throws -> R) throws -> R {
        let folder = try KeyFolder(keys, .desk)
        let key = try folder.deskKey(passphrases)
        let witness = witness.map { Witness($0, folder.election) }
        if creating, let witness, witness.exists {
            throw Stop.couldNot("a new ledger needs a new witness, and there is one at \(self.witness!)")
        }
        let seen = creating ? nil : try witness?.seen()
        let store =
            creating
            ? try NamedLedger.creating(ledger, folder.election)
            : try NamedLedger.opening(ledger, folder.election, seen: seen)
        defer { store.close() }
        let desk: Desk
        do { desk = try Desk(key: key, ledger: store) } catch { throw Stop.couldNot(error) }
        defer { desk.drain() }
        let result = Result {
            guard let witness else { return try body(desk) }
            return try witness.keepingUp(desk) { try body(desk) }
        }
        if let failure = witness?.show(desk) {
            // A ledger that broke has told why; the witness then lags.
            _ = try result.get()
            throw Stop.couldNot("all is done, but the witness was not written: \(failure)")
        }
        return try result.get()
    }
}
