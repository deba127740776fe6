internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk
internal import SQLiteLedger

/// Which ledger, and the desk's keys, for verbs that write.
struct DeskOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The ledger.", valueName: "FILE"))
    var ledger: String

    @Option(help: ArgumentHelp("The folder of the polling desk.", valueName: "DIR"))
    var keys: String

    @OptionGroup var passphrases: PassphraseOptions

    /// Opens the desk on its ledger.
    ///
    /// The key comes first: a wrong passphrase should leave no trace in the ledger.
    func desk(creating: Bool = false) throws -> PollingDesk.Desk<SQLiteLedger> {
        let folder = try KeyFolder(keys, .desk)
        let key = try folder.deskKey(passphrases)
        let store = try attempt { () throws(LedgerError) in
            creating
                ? try SQLiteLedger.create(at: ledger, election: folder.election, at: Clock.now)
                : try SQLiteLedger(opening: ledger, election: folder.election, at: Clock.now)
        }
        return Desk(election: folder.election, key: key, ledger: store)
    }
}
