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
        try withDesk(creating: creating) { (election, seen) throws(Stop) in
            creating
                ? try NamedLedger.creating(ledger, election)
                : try NamedLedger.opening(ledger, election, seen: seen)
        } body: {
            try body($0)
        }
    }

    /// The same on a ledger that the caller opens, which its witness may have `seen`.
    func withDesk<R>(
        creating: Bool = false, open: (Election, _ seen: TreeHead?) throws(Stop) -> any Ledger,
        body: (Desk) throws -> R
    ) throws -> R {
        let folder = try KeyFolder(keys, .desk)
        let key = try folder.deskKey(passphrases)
        let witness = witness.map { Witness($0, folder.election) }
        if creating, let witness, witness.exists {
            throw Stop.couldNot(
                "a new ledger needs a new witness, and there is one at \(shown(self.witness!))")
        }
        let seen = creating ? nil : try witness?.seen()
        let store = try open(folder.election, seen)
        defer { store.close() }
        let desk: Desk
        do { desk = try Desk(key: key, ledger: store) } catch { throw Stop.couldNot(error) }
        defer { desk.drain() }
        let result = Result {
            guard let witness else { return try body(desk) }
            return try witness.keepingUp(desk) { try body(desk) }
        }
        switch witness?.show(desk) {
        case .contradicted(let why): throw Stop.couldNot("the desk has stopped: \(why)")
        case .failed(let why):
            // A ledger that broke has told why; the witness then lags.
            _ = try result.get()
            throw Stop.couldNot("all is done, but the witness was not written: \(why)")
        case .shown, nil: return try result.get()
        }
    }
}
